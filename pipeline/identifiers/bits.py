"""Vectors as bits, written as bytes with points between: 192.14.0.7 (Zhang et al., 2024, "BinLLM").

A linear layer whose signs are the bits is fitted to the items' embeddings: in turn the bits are the signs of
what it gives, and it becomes the layer that comes nearest to the bits.
"""

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.identifiers.base import Identifiers, RandomStream, Sources, random_users
from pipeline.identifiers.codes import code_report, told_apart
from pipeline.identifiers.config import IdentifiersConfig

ROUNDS = 30


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name items by the bits of their embeddings, and one more number where several share all of them.

    Users have shuffled numbers.
    """
    bits = hashed(sources.vectors["embeddings"](), settings.bits.count, random("clusters"))
    packed = np.packbits(bits, axis=1).astype(np.int64)
    codes = told_apart(packed, random("items"))
    names = [".".join(map(str, one)) for one in codes]
    return Identifiers(
        items=[f"item_{name}" for name in names],
        answers=names,
        user_numbers=random_users(sources.histories, random),
        codes=codes,
        report=code_report(packed, sources.histories.of_train()),
        new_items="its bits are of embeddings that are fitted to interactions, which a new item has none of",
    )


def hashed(vectors: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` bits of each of `vectors` [I, D], bool [I, count]: near vectors differ in few."""
    values = vectors.astype(np.float64)
    values = values - values.mean(axis=0)
    layer = rng.normal(size=(values.shape[1], count))
    # More threads would add up in changing order, and so change a bit now and then.
    with threadpool_limits(1):
        inverse = np.linalg.pinv(values)
        for _ in range(ROUNDS):
            layer = inverse @ np.where(values @ layer > 0, 1.0, -1.0)
        # Rounded, so that noise of sums near zero decides on no bit.
        return np.round(values @ layer, 9) > 0
