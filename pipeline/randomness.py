"""Named random generators, all derived from one seed.

Two generators with different names are independent; the same seed and names give the same stream on
every machine, whatever else has drawn numbers before.
"""

import hashlib

import numpy as np
import torch


def _entropy(seed: int, names: tuple[str | int, ...]) -> int:
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, got {seed}")
    text = "\x1f".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the numpy generator called `names` under `seed`; raises ValueError for a negative seed."""
    return np.random.Generator(np.random.PCG64(_entropy(seed, names)))


def integer_seed(seed: int, *names: str | int) -> int:
    """Return a 31-bit seed called `names`, for libraries that take a number (cornac, torch)."""
    return _entropy(seed, names) & 0x7FFFFFFF


def seed_torch(seed: int, *names: str | int) -> None:
    """Seed torch's own generators (dropout and initial weights draw from them and take no argument)."""
    torch.manual_seed(integer_seed(seed, *names))
