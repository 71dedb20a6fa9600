"""Device, precision and thread choice, made once per process."""

import ctypes
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.distributed import Processes, join

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Runtime:
    """Where and how tensors are computed.

    Attributes:
        device: the torch device.
        autocast: dtype of the matrix multiplications under autocast, None for plain fp32.
        processes: those that share the run.
    """

    device: torch.device
    autocast: torch.dtype | None
    processes: Processes = Processes()  # noqa: RUF009 - immutable

    def autocasting(self) -> torch.autocast:
        """Context manager that runs the model in the chosen precision; weights stay fp32."""
        return torch.autocast(
            self.device.type, dtype=self.autocast or torch.bfloat16, enabled=self.autocast is not None
        )


# glibc's names for its limits: free memory that is given back, blocks that get memory of their own, and
# heaps, of which those of threads give back theirs all the same.
_M_TRIM_THRESHOLD = -1
_M_MMAP_MAX = -4
_M_ARENA_MAX = -8


def keep_memory() -> None:
    """Have freed memory used again instead of given back to the system, where the C library is glibc.

    Else each large tensor is fresh memory, whose first touch costs more than what is computed in it.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "mallopt"):
            library.mallopt(_M_ARENA_MAX, 1)
            library.mallopt(_M_MMAP_MAX, 0)
            library.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def computes_bf16() -> bool:
    """Return whether torch multiplies matrices in bf16 on this processor without going through fp32."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def choose_runtime(config: RuntimeConfig) -> Runtime:
    """Pick device and precision, set torch's threads and determinism, and keep the memory that it frees.

    `auto` takes CUDA where there is one, and bf16 there; on the CPU it stays with fp32. Raises
    ValueError when `cuda` is asked for and no CUDA device is usable.
    """
    if config.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("runtime.device is cuda, but torch finds no CUDA device; use auto or cpu")
    use_cuda = config.device == "cuda" or (config.device == "auto" and torch.cuda.is_available())
    keep_memory()
    if config.threads:
        torch.set_num_threads(config.threads)
    # cuBLAS repeats its sums only with a workspace of fixed size, to be set before its first use.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Else torch fills every tensor before its first use, to show what nobody wrote; a tenth of the time.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    half = config.precision == "bf16" or (config.precision == "auto" and use_cuda)
    device = torch.device("cuda" if use_cuda else "cpu")
    if half and not use_cuda and not computes_bf16():
        log.warning(
            "runtime.precision is bf16, which this processor has no instructions for: products take tens of "
            "times as long as in fp32. Set runtime.precision to fp32 or auto"
        )
    if use_cuda and "LOCAL_RANK" in os.environ:
        # torchrun numbers the processes of a machine; each takes a GPU of its own.
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    # Its backward pass gives NaN gradients where all attention logits of a row are far below zero, as those
    # that aren't scaled become: docs/decisions/0015-nan-on-a-gpu.md.
    torch.backends.cuda.enable_cudnn_sdp(False)
    return Runtime(device, torch.bfloat16 if half else None, join(device))


@contextmanager
def repeatable(device: torch.device) -> Iterator[None]:
    """Have a backward pass on CUDA give the same bits each time.

    Attention's has a way that does, which torch takes only where everything else raises an error instead of a
    warning; what only generation computes may still warn.
    """
    if device.type != "cuda":
        yield
        return
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(True, warn_only=True)
