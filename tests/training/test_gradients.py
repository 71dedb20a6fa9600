import numpy as np
import pytest
import torch

from pipeline.runtime.device import Runtime
from pipeline.training.gradients import Gradients
from tests.tiny import tiny_batch, tiny_model

pytestmark = pytest.mark.usefixtures("every_backbone")

RUNTIME = Runtime(torch.device("cpu"), None)


def computed(threads: int, dropout: float = 0.0) -> tuple[float, dict[str, torch.Tensor]]:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    model = tiny_model(dropout=dropout).train()
    model.prepare_training(RUNTIME.device)
    gradients = Gradients(model, list(model.parameters()), RUNTIME)
    try:
        loss = gradients.compute(tiny_batch(), np.random.default_rng(3))
    finally:
        gradients.close()
        torch.set_num_threads(before)
    return loss, {name: weight.grad for name, weight in model.named_parameters()}


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_any_number_of_threads_gives_the_gradients_of_the_whole_batch(threads: int) -> None:
    model, batch = tiny_model(dropout=0.0).train(), tiny_batch()
    total, count = model.loss(batch)
    (total / count).backward()
    loss, gradients = computed(threads)
    assert loss == pytest.approx(float(total.detach() / count), rel=1e-5)
    wanted = {name: weight.grad for name, weight in model.named_parameters()}
    torch.testing.assert_close(gradients, wanted, atol=1e-6, rtol=1e-4)


def test_threads_give_the_same_bits_each_time_dropout_included() -> None:
    runs = [computed(2, dropout=0.3) for _ in range(3)]
    for loss, gradients in runs[1:]:
        assert loss == runs[0][0]
        assert all(torch.equal(gradients[name], runs[0][1][name]) for name in gradients)
    assert runs[0][0] != computed(2)[0]
