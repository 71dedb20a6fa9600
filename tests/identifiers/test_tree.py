"""Codes along a tree: by hand, and of what is bought together."""

import numpy as np

from pipeline.identifiers.tree import make, tree_codes
from tests.identifiers.build import families, random, settings

RNG = np.random.default_rng


def test_two_levels_of_clusters_by_hand() -> None:
    """Twelve points: at 0 and 100, and around each at +0, +1 and +20, +21 and +40, +41."""
    points = np.array([[base + step + one] for base in (0, 100) for step in (0, 20, 40) for one in (0, 1)])
    codes = tree_codes(points.astype(float), 3, RNG(0))
    # Three codes can't tell twelve points apart at once, nor need they be asked for more than three times.
    assert {len(one) for one in codes} <= {2, 3}
    assert len({tuple(one) for one in codes}) == 12
    low = {one[0] for one in codes[:6]}
    high = {one[0] for one in codes[6:]}
    assert not low & high


def test_every_node_has_as_many_codes_at_most() -> None:
    codes = tree_codes(RNG(1).normal(size=(200, 5)), 4, RNG(0))
    assert max(code for one in codes for code in one) == 3
    assert len({tuple(one) for one in codes}) == 200


def test_items_with_one_vector_are_dealt_out() -> None:
    codes = tree_codes(np.zeros((30, 2)), 3, RNG(0))
    assert len({tuple(one) for one in codes}) == 30
    assert {sum(one[0] == code for one in codes) for code in range(3)} == {10}


def test_families_share_their_first_code() -> None:
    found = make(families(), settings("tree", tree={"size": 4, "width": 8}), random)
    assert found.report["neighbours_with_one_first_code"] > 0.9
    assert found.report["by_chance"] < 0.5
    assert found.report["levels"] >= 2
