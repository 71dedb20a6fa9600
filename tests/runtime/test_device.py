import pytest
import torch

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import Runtime, choose_runtime, repeatable


@pytest.fixture(autouse=True)
def as_found():
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    cudnn = torch.backends.cuda.cudnn_sdp_enabled()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(deterministic)
    torch.backends.cuda.enable_cudnn_sdp(cudnn)


@pytest.fixture
def cuda(monkeypatch, request):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: request.param)


def config(device: str = "auto", precision: str = "auto", threads: int = 0) -> RuntimeConfig:
    return RuntimeConfig(device=device, precision=precision, threads=threads)


@pytest.mark.parametrize(
    ("cuda", "device", "precision", "found", "autocast"),
    [
        (False, "auto", "auto", "cpu", None),
        (False, "auto", "bf16", "cpu", torch.bfloat16),
        (False, "cpu", "fp32", "cpu", None),
        (True, "auto", "auto", "cuda", torch.bfloat16),
        (True, "auto", "fp32", "cuda", None),
        (True, "cuda", "auto", "cuda", torch.bfloat16),
        (True, "cpu", "auto", "cpu", None),
    ],
    indirect=["cuda"],
)
def test_choice(cuda, device, precision, found, autocast):
    assert choose_runtime(config(device, precision)) == Runtime(torch.device(found), autocast)


@pytest.mark.parametrize(
    ("precision", "has", "warned"), [("bf16", False, 1), ("bf16", True, 0), ("fp32", False, 0)]
)
def test_bf16_on_a_processor_without_it_is_warned_of(monkeypatch, caplog, precision, has, warned):
    monkeypatch.setattr("pipeline.runtime.device.computes_bf16", lambda: has)
    choose_runtime(config("cpu", precision))
    warnings = [record.message for record in caplog.records if "has no instructions for" in record.message]
    assert len(warnings) == warned
    assert all("Set runtime.precision to fp32 or auto" in message for message in warnings)


@pytest.mark.parametrize("cuda", [False], indirect=True)
def test_cuda_that_is_not_there(cuda):
    with pytest.raises(ValueError, match=r"runtime\.device is cuda, but torch finds no CUDA device"):
        choose_runtime(config("cuda"))


def test_threads_and_determinism():
    choose_runtime(config("cpu", threads=1))
    assert torch.get_num_threads() == 1
    assert torch.are_deterministic_algorithms_enabled()


def test_zero_threads_leaves_torch_alone():
    torch.set_num_threads(2)
    choose_runtime(config("cpu"))
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize(("dtype", "result"), [(None, torch.float32), (torch.bfloat16, torch.bfloat16)])
def test_autocasting(dtype, result):
    matrix = torch.ones(2, 2)
    with Runtime(torch.device("cpu"), dtype).autocasting():
        assert (matrix @ matrix).dtype == result
    assert matrix.dtype == torch.float32


def test_the_attention_that_gives_nan_gradients_is_off():
    torch.backends.cuda.enable_cudnn_sdp(True)
    choose_runtime(config("cpu"))
    assert not torch.backends.cuda.cudnn_sdp_enabled()


def test_on_cuda_a_backward_pass_is_strict_and_the_rest_warns():
    choose_runtime(config("cpu"))
    seen = []
    for device in ("cuda", "cpu"):
        with repeatable(torch.device(device)):
            seen.append(torch.is_deterministic_algorithms_warn_only_enabled())
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
    assert seen == [False, True]


def test_after_a_backward_pass_that_fails_the_rest_warns_again():
    with pytest.raises(RuntimeError, match="stop"), repeatable(torch.device("cuda")):
        raise RuntimeError("stop")
    assert torch.is_deterministic_algorithms_warn_only_enabled()
