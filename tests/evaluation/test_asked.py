"""Ranks by hand, and figures that are paired."""

import numpy as np
import pytest

from pipeline.evaluation.asked import compared, ranks_of


def test_of_equals_half_stand_before_the_target() -> None:
    scores = [np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0]), np.array([0.0, 5.0, 5.0])]
    # Second of three; the middle of three equals; behind one of two equals.
    assert ranks_of(scores, np.array([2, 0, 1])).tolist() == [2, 2, 2]


def test_a_way_that_says_nothing_has_the_middle_rank() -> None:
    flat = [np.zeros(20)] * 4
    assert ranks_of(flat, np.arange(4)).tolist() == [11] * 4


def test_figures_by_hand_and_their_difference() -> None:
    places = np.zeros(4, dtype=int)
    right = [np.array([2.0, 1.0])] * 4
    half = [*right[:2], *[np.array([1.0, 2.0])] * 2]
    estimates, differences = compared(
        {"right": right, "half": half}, places, "right", np.random.default_rng(0)
    )
    assert estimates["right"]["HR@1"].value == 1
    assert estimates["half"]["HR@1"].value == 0.5
    assert estimates["half"]["NDCG@10"].value == pytest.approx((1 + 1 / np.log2(3)) / 2, abs=1e-6)
    assert list(differences) == ["half"]
    gap = differences["half"]["HR@1"]
    assert (gap.value, gap.low, gap.high) == (0.5, 0.0, 1.0)
