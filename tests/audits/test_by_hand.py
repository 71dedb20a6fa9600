"""Each audit's figures, counted by hand for four users."""

import math

import numpy as np
import pytest

from pipeline.audits.base import AuditError, categories_of, first_seen
from pipeline.audits.concentration import AUDIT as CONCENTRATION
from pipeline.audits.concentration import entropy, herfindahl
from pipeline.audits.item_groups import AUDIT as ITEM_GROUPS
from pipeline.audits.recency import AUDIT as RECENCY
from pipeline.audits.recency import newness
from pipeline.audits.user_groups import AUDIT as USER_GROUPS
from pipeline.audits.user_groups import gap, shuffled_gap
from tests.audits.build import CONFIG, audited
from tests.audits.tables import interactions, item_texts


def figures(audit, method="peapod", **changed):
    found = audit(audited(**changed), CONFIG, np.random.default_rng(0)).estimates[method]
    return {name: figure.value for name, figure in found.items()}


def test_user_groups() -> None:
    # Histories of 1, 1, 3 and 5 items; the test item stands at 1, 2, nowhere, 2.
    found = figures(USER_GROUPS)
    second = 1 / math.log2(3)
    wanted = {
        "NDCG@2 activity: low": (1 + second) / 2,
        "NDCG@2 activity: middle": 0.0,
        "NDCG@2 activity: high": second,
        "U-NDCG@2 activity": (1 + second) / 2,
        "MRR@2 activity: low": 0.75,
        "MRR@2 activity: high": 0.5,
        "U-MRR@2 activity": 0.75,
    }
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, abs=1e-6)
    # Train shows the test items 6, 3, 0 and 0 times.
    assert found["U-MRR@2 popularity"] == pytest.approx(1 - 0.25)
    sizes = USER_GROUPS(audited(), CONFIG, np.random.default_rng(0)).groups
    assert sizes["activity: low"] == 2
    assert "popularity: high" in sizes


def test_a_gap_leaves_out_groups_that_nobody_is_in() -> None:
    assert gap(np.array([1.0, 3.0, 0.0, 2.0, 3.0, 0.0])) == 0.5


def test_a_gap_by_chance_is_what_shuffled_users_have() -> None:
    # Two users in groups of their own: 1 and 0 are told apart by 1 however they are shuffled.
    assert shuffled_gap(np.array([1.0, 0.0]), np.eye(2), np.random.default_rng(0)) == 1.0
    # Of users in two halves, either of whose means is near one half.
    gains = np.tile([0.0, 1.0], 500)
    halves = np.repeat(np.eye(2), 500, axis=0)
    assert 0 < shuffled_gap(gains, halves, np.random.default_rng(0)) < 0.06


def test_item_groups() -> None:
    # Of 7 places 3 are popular items, 2 middling, 2 rare; of 10 choices 5, 4 and 1.
    found = figures(ITEM_GROUPS)
    gaps = [3 / 7 - 0.5, 2 / 7 - 0.4, 2 / 7 - 0.1]
    names = ("high", "middle", "low")
    wanted = {f"GU@2 popularity: {name}": value for name, value in zip(names, gaps, strict=True)}
    wanted |= {"MGU@2 popularity": np.abs(gaps).mean(), "DGU@2 popularity": 0.3}
    # An item of both categories is half in each: shown 3.5 and 2.5, chosen 3.5 and 4.5.
    wanted |= {"MGU@2 category": 3.5 / 6 - 3.5 / 8, "DGU@2 category": 2 * (3.5 / 6 - 3.5 / 8)}
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, abs=1e-6)


def test_items_without_categories_have_popularity_alone() -> None:
    assert not [name for name in figures(ITEM_GROUPS, categories=[[]] * 6) if "category" in name]


def test_concentration() -> None:
    # Shown 2, 1, 1, 1, 1, 1 times.
    found = figures(CONCENTRATION)
    bits = 2 / 7 * math.log2(7 / 2) + 5 / 7 * math.log2(7)
    wanted = {"HHI@2": 9 / 49, "entropy@2": bits, "coverage@2": 1.0, "gini@2": 5 / 42}
    assert found == pytest.approx(wanted, abs=1e-6)
    # What users chose: 2, 3, 2, 2, 1 and 0 of 10.
    assert figures(CONCENTRATION, "history")["HHI@2"] == pytest.approx(22 / 100)


def test_ends_of_concentration() -> None:
    assert (herfindahl(np.array([0, 9])), entropy(np.array([0, 9]))) == (1.0, 0.0)
    assert (herfindahl(np.full(8, 3)), entropy(np.full(8, 3))) == (0.125, 3.0)
    assert (herfindahl(np.zeros(4)), entropy(np.zeros(4))) == (0.0, 0.0)


def test_recency() -> None:
    assert newness(audited().first_seen).tolist() == pytest.approx([0.0, 0.2, 0.2, 0.8, 0.6, 1.0])
    # Lists .1, .1, .6 and .9 on average; histories .2, .2, 1/3 and .36.
    own = (0.2 + 0.2 + 1 / 3 + 0.36) / 4
    assert figures(RECENCY) == pytest.approx({"newness@2": 0.425, "recency_bias@2": 0.425 - own}, abs=1e-6)
    assert figures(RECENCY, "history") == pytest.approx({"newness@2": own}, abs=1e-6)


def test_recency_wants_times() -> None:
    with pytest.raises(AuditError, match=r"no times; take recency out of evaluation\.audits"):
        figures(RECENCY, first_seen=np.full(6, np.nan))


def test_when_train_shows_an_item_first() -> None:
    found = first_seen(interactions([(1, 30), (0, 20), (1, 10), (2, None), (0, None)]), 4)
    np.testing.assert_array_equal(found, [20, 10, np.nan, np.nan])


def test_categories_of_items() -> None:
    assert categories_of(item_texts({2: ["b", "a", "b"], 0: None}), 4) == [[], [], ["a", "b"], []]
