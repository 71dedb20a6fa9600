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
    codes = residual_codes(coarse[one] + fine[other], 2, 3, RNG(0))
    assert len({(a, b) for a, b in zip(one.tolist(), codes[:, 0].tolist(), strict=True)}) == 3
    assert len({(a, b) for a, b in zip(other.tolist(), codes[:, 1].tolist(), strict=True)}) == 2
    # The fine parts are the same under every coarse one, and so are their codes.
    assert codes[:6].tolist() == codes[6:].tolist()


def test_more_clusters_than_vectors_are_no_fault():
    codes = residual_codes(np.array([[1.0], [1.0], [2.0]]), 3, 16, RNG(0))
    assert codes[0].tolist() == codes[1].tolist() != codes[2].tolist()
    assert codes[:, 1:].tolist() == [[0, 0]] * 3
