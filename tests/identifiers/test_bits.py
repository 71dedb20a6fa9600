"""Bits by hand, and that near vectors differ in few of them."""

import numpy as np

from pipeline.identifiers.bits import hashed, make
from tests.identifiers.build import families, random, settings

RNG = np.random.default_rng


def test_bits_are_signs_of_a_linear_layer() -> None:
    vectors = RNG(0).normal(size=(50, 6)).astype(np.float32)
    bits = hashed(vectors, 8, RNG(1))
    centred = vectors.astype(float) - vectors.mean(axis=0, dtype=float)
    layer = np.linalg.pinv(centred) @ np.where(bits, 1.0, -1.0)
    # At the end the layer that comes nearest to the bits gives nearly all of them.
    assert ((centred @ layer > 0) == bits).mean() > 0.98
    # Turned round, a vector has the other bits.
    both = hashed(np.concatenate([vectors, -vectors]), 8, RNG(1))
    assert (both[:50] != both[50:]).all()


def test_near_vectors_differ_in_fewer_bits() -> None:
    centres = RNG(0).normal(size=(20, 16))
    near = centres + 0.05 * RNG(1).normal(size=centres.shape)
    bits = hashed(np.concatenate([centres, near]), 32, RNG(2))
    apart = (bits[:20, None] != bits[None, 20:]).mean(axis=2)
    own = np.diag(apart)
    others = apart[~np.eye(20, dtype=bool)]
    assert own.max() < 0.2
    assert 0.35 < others.mean() < 0.65


def test_names_are_bytes_with_points_between() -> None:
    found = make(families(), settings("bits", bits={"count": 16}), random)
    for name, mention in zip(found.answers, found.items, strict=True):
        parts = [int(part) for part in name.split(".")]
        assert len(parts) >= 2
        assert all(0 <= part < 256 for part in parts[:2])
        assert mention == f"item_{name}"
    assert found.symbols == []
