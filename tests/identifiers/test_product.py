import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers.base import IdentifiersError
from pipeline.identifiers.product import balanced_parts, make, product_codes
from tests.identifiers.build import families, random, settings

RNG = np.random.default_rng


def turned(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    """The same vectors, turned as a whole."""
    width = vectors.shape[1]
    return vectors @ np.linalg.qr(RNG(seed).normal(size=(width, width)))[0]


def same_groups(codes: np.ndarray, kinds: np.ndarray) -> bool:
    """Whether items share a code exactly where they are of one kind, a row of `kinds` [I, any]."""
    pairs = {(int(code), *kind) for code, kind in zip(codes, kinds.tolist(), strict=True)}
    return len(pairs) == len(set(codes.tolist())) == len(np.unique(kinds, axis=0))


def test_axes_are_shared_out_by_hand():
    """Variances 8, 4, 2, 1: 8 to one part; 4 and 2 to the other, with a product of 8 too; 1 to the first."""
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    one, other = balanced_parts(turned(signs * np.sqrt([2.0, 8.0, 1.0, 4.0])), 2)
    np.testing.assert_allclose(one.var(axis=0), [8, 1])
    np.testing.assert_allclose(other.var(axis=0), [4, 2])


def test_each_part_has_a_code_of_its_own():
    """Four independent properties of 16 items: each part tells its own two, whatever the other two are."""
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    codes = product_codes(turned(signs * np.sqrt([8.0, 4.0, 2.0, 1.0])), 2, 4, RNG(0))
    assert same_groups(codes[:, 0], signs[:, [0, 3]])
    assert same_groups(codes[:, 1], signs[:, [1, 2]])


@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 9), st.integers(0, 5))
def test_turning_and_cutting_loses_nothing(items, width, parts, seed):
    vectors = RNG(seed).normal(size=(items, width)) * RNG(seed).integers(0, 3, size=width)
    if parts > width:
        with pytest.raises(
            IdentifiersError, match=rf"parts is {parts}, item vectors have {width} dimensions"
        ):
            balanced_parts(vectors, parts)
        return
    found = balanced_parts(vectors, parts)
    assert {part.shape[1] for part in found} <= {width // parts, -(-width // parts)}
    whole = np.concatenate(found, axis=1)
    distances = [np.square(one[:, None] - one[None]).sum(axis=2) for one in (vectors, whole)]
    np.testing.assert_allclose(distances[0], distances[1], atol=1e-6)


def test_items_with_one_vector_share_all_codes():
    vectors = RNG(0).normal(size=(7, 10))
    codes = product_codes(np.repeat(vectors, 5, axis=0), 3, 16, RNG(0))
    assert len(np.unique(codes, axis=0)) == 7
    assert product_codes(np.zeros((4, 3)), 2, 16, RNG(0)).tolist() == [[0, 0]] * 4


def test_a_part_in_which_nothing_varies_has_one_code():
    flat = np.concatenate([RNG(0).normal(size=(20, 2)), np.zeros((20, 2))], axis=1)
    codes = product_codes(turned(flat), 4, 4, RNG(0))
    assert [len(np.unique(column)) for column in codes.T] == [4, 4, 1, 1]


@pytest.mark.parametrize("vectors", ["text", "cooccurrence", "both"])
def test_families_share_codes(vectors):
    chosen = settings("product", product={"vectors": vectors, "parts": 2, "size": 4, "width": 8})
    found = make(families(), chosen, random)
    # Each part has half of what tells families apart.
    assert found.report["neighbours_with_one_first_code"] > 0.2 + found.report["by_chance"]
    assert {len(codes) for codes in found.codes} <= {2, 3}


def test_more_parts_than_dimensions_are_refused_with_advice():
    chosen = settings("product", product={"vectors": "cooccurrence", "parts": 9, "width": 8})
    with pytest.raises(IdentifiersError, match=r"or a larger identifiers\.product\.width"):
        make(families(), chosen, random)
