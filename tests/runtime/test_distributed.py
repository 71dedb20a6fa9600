import pytest
import torch
from torch import nn

from pipeline.runtime.distributed import Processes, join
from tests.processes import alone, together


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("total", [0, 1, 4, 7, 64])
def test_every_thing_has_one_process(count, total):
    shares = [Processes(rank, count).every(range(total)) for rank in range(count)]
    assert sorted(thing for share in shares for thing in share) == list(range(total))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_without_torchrun_there_is_one(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    processes = join(torch.device("cpu"))
    assert (processes.rank, processes.count, processes.first) == (0, 1, True)
    assert processes.sums(1.5, 2.0) == [1.5, 2.0]


def gradients(processes: Processes) -> dict[str, torch.Tensor | None]:
    """Gradients of a mean over the tokens of a batch of which each process has a part."""
    torch.manual_seed(0)
    model = nn.ModuleDict({name: nn.Linear(3, 1) for name in ("used", "by_one", "idle")})
    inputs, lengths = torch.randn(5, 3), torch.tensor([1.0, 4.0, 2.0, 7.0, 3.0])
    mine = list(processes.every(range(5)))
    total = (model["used"](inputs[mine])[:, 0] * lengths[mine]).sum()
    if processes.first:
        total = total + model["by_one"](inputs[:1])[0, 0]
    (count,) = processes.sums(float(lengths[mine].sum()))
    (total / count).backward()
    processes.sum_gradients(list(model.parameters()))
    processes.wait()
    return {name: parameter.grad for name, parameter in model.named_parameters()} | {"count": count}


def test_gradients_are_those_of_one_process(tmp_path):
    expected, found = alone(gradients), together(gradients, tmp_path)
    for other in found:
        assert other.pop("count") == 17
        for name, gradient in other.items():
            if name.startswith("idle"):
                assert gradient is None
            else:
                torch.testing.assert_close(gradient, expected[name], rtol=1e-6, atol=1e-7)
    assert all(torch.equal(found[0][name], found[1][name]) for name in ("used.weight", "by_one.bias"))
