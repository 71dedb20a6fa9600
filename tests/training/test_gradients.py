from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.backbones.base import IGNORED
from pipeline.prompts.batches import Batch
from pipeline.runtime.device import Runtime
from pipeline.training.gradients import Gradients
from tests.tiny import tiny_batch, tiny_model

pytestmark = pytest.mark.usefixtures("every_backbone")

RUNTIME = Runtime(torch.device("cpu"), None)


def item_batch() -> Batch:
    """A batch of which inputs have labels, too, more in some samples than in others."""
    batch = tiny_batch()
    return replace(batch, input_labels=batch.tokens.masked_fill(batch.rows < 3, IGNORED))


def computed(
    threads: int, dropout: float = 0.0, batch: Batch | None = None
) -> tuple[float, dict[str, torch.Tensor]]:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    model = tiny_model(dropout=dropout).train()
    model.prepare_training(RUNTIME.device)
    gradients = Gradients(model, list(model.parameters()), RUNTIME)
    try:
        loss = gradients.compute(batch or tiny_batch(), np.random.default_rng(3))
    finally:
        gradients.close()
        torch.set_num_threads(before)
    return loss, {name: weight.grad for name, weight in model.named_parameters()}


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("items_too", [False, True])
def test_any_number_of_threads_gives_the_gradients_of_the_whole_batch(
    threads: int, items_too: bool, every_backbone: str
) -> None:
    model = tiny_model(dropout=0.0).train()
    if items_too and not model.backbone.predicts_inputs:
        pytest.skip("its inputs have no labels")
    batch = item_batch() if items_too else tiny_batch()
    total, count = model.loss(batch)
    assert count == batch.targets
    (total / count).backward()
    loss, gradients = computed(threads, batch=batch)
    assert loss == pytest.approx(float(total.detach() / count), rel=1e-5)
    wanted = {name: weight.grad for name, weight in model.named_parameters()}
    torch.testing.assert_close(gradients, wanted, atol=1e-6, rtol=1e-4)


def test_threads_give_the_same_bits_each_time_dropout_included() -> None:
    runs = [computed(2, dropout=0.3) for _ in range(3)]
    for loss, gradients in runs[1:]:
        assert loss == runs[0][0]
        assert all(torch.equal(gradients[name], runs[0][1][name]) for name in gradients)
    assert runs[0][0] != computed(2)[0]
