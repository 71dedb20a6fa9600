"""How fast this machine multiplies matrices, measured when it is asked for."""

import time

import torch

# Square ones, and those of a model: tokens of a batch by width by inner width or vocabulary.
_SIZES = ((1024, 1024, 1024), (2048, 2048, 2048), (4096, 512, 2048), (8192, 128, 512), (1024, 512, 32_128))
_SECONDS = 0.25


def matrix_peak(dtype: torch.dtype, device: torch.device) -> float:
    """Return the best GFLOP/s of a matrix product [m, k] x [k, n] in `dtype` over several sizes."""
    return max(_gflops(size, dtype, device) for size in _SIZES)


def _gflops(size: tuple[int, int, int], dtype: torch.dtype, device: torch.device) -> float:
    m, k, n = size
    left = torch.randn(m, k, device=device, dtype=dtype)
    right = torch.randn(k, n, device=device, dtype=dtype)
    out = torch.empty(m, n, device=device, dtype=dtype)
    best = float("inf")
    stop = time.perf_counter() + _SECONDS
    while best == float("inf") or time.perf_counter() < stop:
        start = time.perf_counter()
        torch.mm(left, right, out=out)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        best = min(best, time.perf_counter() - start)
    return 2 * m * k * n / best / 1e9
