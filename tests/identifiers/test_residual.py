from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers.base import IdentifiersError
from pipeline.identifiers.residual import item_vectors, make, residual_codes, told_apart
from tests.identifiers.build import histories, random, settings, sources

RNG = np.random.default_rng


def families(count: int = 4, users: int = 60):
    """Items 0 to 39 in families by item % count; users stay within theirs, texts name it."""
    rng = RNG(5)
    pairs = [
        (user, int(member) * count + user % count)
        for user in range(users)
        for member in rng.permutation(40 // count)[:6]
    ]
    texts = [f"family{item % count} thing number{item}" for item in range(40)]
    return sources(histories(pairs), texts)


def firsts(found) -> list[int]:
    return [codes[0] for codes in found.codes]


@pytest.mark.parametrize("vectors", ["text", "cooccurrence", "both"])
def test_families_share_a_first_code(vectors):
    chosen = settings("residual", residual={"vectors": vectors, "levels": 2, "size": 4, "width": 8})
    found = make(families(), chosen, random)
    by_family = [{firsts(found)[item] for item in range(family, 40, 4)} for family in range(4)]
    assert [len(codes) for codes in by_family] == [1, 1, 1, 1]
    assert len(set.union(*by_family)) == 4
    assert found.report["neighbours_with_one_first_code"] == 1.0
    assert 0.2 < found.report["by_chance"] < 0.3
    assert found.report["entropy_bits"][0] == 2.0


def test_levels_describe_what_is_left_over():
    """Vectors that are sums of 3 coarse and 2 fine parts: two levels find both, exactly."""
    coarse = np.array([[10.0, 0.0], [0.0, 10.0], [-10.0, -10.0]])
    fine = np.array([[1.0, 0.0], [-1.0, 0.0]])
    one, other = np.divmod(np.arange(12) % 6, 2)
    codes = residual_codes(coarse[one] + fine[other], 2, 3, RNG(0))
    assert len({(a, b) for a, b in zip(one.tolist(), codes[:, 0].tolist(), strict=True)}) == 3
    assert len({(a, b) for a, b in zip(other.tolist(), codes[:, 1].tolist(), strict=True)}) == 2
    # The fine parts are the same under every coarse one, and so are their codes.
    assert codes[:6].tolist() == codes[6:].tolist()


def test_more_clusters_than_vectors_are_no_fault():
    codes = residual_codes(np.array([[1.0], [1.0], [2.0]]), 3, 16, RNG(0))
    assert codes[0].tolist() == codes[1].tolist() != codes[2].tolist()
    assert codes[:, 1:].tolist() == [[0, 0]] * 3


rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30)


@given(rows, st.integers(0, 3))
def test_one_more_code_where_items_share_theirs(codes, seed):
    found = told_apart(np.array(codes), RNG(seed))
    assert len({tuple(one) for one in found}) == len(codes)
    for own, one in zip(codes, found, strict=True):
        assert tuple(one[:2]) == own
        size = codes.count(own)
        assert len(one) == (2 if size == 1 else 3)
        assert size == 1 or 0 <= one[2] < size


def test_the_further_code_is_drawn_not_counted():
    found = [told_apart(np.zeros((20, 1), dtype=int), RNG(seed)) for seed in range(2)]
    assert found[0] != found[1]
    assert [one[1] for one in found[0]] != sorted(one[1] for one in found[0])


def test_kinds_weigh_the_same_and_unknown_items_have_zeros():
    known = families()
    texts = known.texts()
    texts[7] = ""
    silent = replace(known, texts=lambda: texts)
    vectors = item_vectors(silent, settings("residual", residual={"width": 8}).residual)
    lengths = np.linalg.norm(vectors.reshape(40, 2, 8), axis=2)
    assert lengths[7, 0] == 0
    np.testing.assert_allclose(np.delete(lengths[:, 0], 7), 1, rtol=1e-5)
    np.testing.assert_allclose(lengths[:, 1][lengths[:, 1] > 0], 1, rtol=1e-5)


def test_items_without_texts_are_told_what_to_do():
    silent = replace(families(), texts=lambda: [""] * 40)
    advice = r"dataset\.metadata.*or set identifiers\.residual\.vectors to cooccurrence"
    with pytest.raises(IdentifiersError, match=advice):
        make(silent, settings("residual"), random)
    found = make(silent, settings("residual", residual={"vectors": "cooccurrence"}), random)
    assert len(set(found.answers)) == 40
