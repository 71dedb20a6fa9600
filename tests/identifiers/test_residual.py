import numpy as np
import pytest

from pipeline.identifiers.residual import make, residual_codes
from tests.identifiers.build import families, random, settings

RNG = np.random.default_rng


@pytest.mark.parametrize("vectors", ["text", "cooccurrence", "both"])
def test_families_share_a_first_code(vectors):
    chosen = settings("residual", residual={"vectors": vectors, "levels": 2, "size": 4, "width": 8})
    found = make(families(), chosen, random)
    by_family = [{found.codes[item][0] for item in range(family, 40, 4)} for family in range(4)]
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
    codes, _ = residual_codes(coarse[one] + fine[other], 2, 3, RNG(0))
    assert len({(a, b) for a, b in zip(one.tolist(), codes[:, 0].tolist(), strict=True)}) == 3
    assert len({(a, b) for a, b in zip(other.tolist(), codes[:, 1].tolist(), strict=True)}) == 2
    # The fine parts are the same under every coarse one, and so are their codes.
    assert codes[:6].tolist() == codes[6:].tolist()


def test_more_clusters_than_vectors_are_no_fault():
    codes, _ = residual_codes(np.array([[1.0], [1.0], [2.0]]), 3, 16, RNG(0))
    assert codes[0].tolist() == codes[1].tolist() != codes[2].tolist()
    assert codes[:, 1:].tolist() == [[0, 0]] * 3


def test_distinct_last_codes_by_hand():
    """Three items in one cluster: the two nearest to a centre share it no longer."""
    vectors = np.array([[0.0], [0.1], [5.0], [100.0], [105.0]])
    shared, _ = residual_codes(vectors, 2, 2, np.random.default_rng(0))
    assert (shared[0] == shared[1]).all()
    codes, _ = residual_codes(np.delete(vectors, 2, axis=0), 2, 2, np.random.default_rng(0), distinct=True)
    assert len(np.unique(codes, axis=0)) == 4
    # More items than codes: those without a code for themselves keep the nearest.
    full, _ = residual_codes(vectors, 2, 2, np.random.default_rng(0), distinct=True)
    assert len(np.unique(full, axis=0)) == 4


@pytest.mark.parametrize("seed", range(3))
def test_distinct_last_codes_lose_as_little_as_they_can(seed):
    vectors = np.random.default_rng(seed).normal(size=(60, 4))
    nearest, distinct = (
        residual_codes(vectors, 3, 8, np.random.default_rng(seed), distinct=one)[0] for one in (False, True)
    )
    assert (nearest[:, :2] == distinct[:, :2]).all()
    sizes = np.unique(nearest[:, :2], axis=0, return_counts=True)[1]
    assert len(np.unique(distinct, axis=0)) == np.minimum(sizes, 8).sum()
    assert len(np.unique(nearest, axis=0)) < len(np.unique(distinct, axis=0))
