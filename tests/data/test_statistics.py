from pathlib import Path

import numpy as np
import pytest

from pipeline.data.records import DatasetError, Faults
from pipeline.data.statistics import (
    dataset_metrics,
    history_lengths,
    order_audit,
    table_2,
)
from pipeline.data.text_statistics import TextStatistics
from tests.data.build import interactions


def test_table_2_by_hand():
    found = interactions([(0, 0), (0, 1), (1, 0), (1, 1), (1, 3)])
    # 5 of 2 x 4 cells.
    assert table_2(found) == {"users": 2, "items": 4, "reviews": 5, "density_percent": 62.5}


def test_history_lengths():
    found = interactions([(0, 0), (0, 1), (1, 0), (1, 1), (1, 3), (2, 0)])
    assert history_lengths(found) == {"min": 1, "mean": 2.0, "median": 2.0, "max": 3}


def test_audit_of_ties_by_hand():
    # User 0: items 0 and 2 at 10 (up), 2 and 1 not tied, 1 and 3 at 20 (up), 3 and 0 at 20 (down).
    rows = [(0, 0), (0, 2), (0, 1), (0, 3), (0, 0), (1, 1), (1, 2)]
    audit = order_audit(interactions(rows, times=[10, 10, 20, 20, 20, 1, 2]))
    assert audit["ties_without_times"] is False
    assert audit["tied_pairs"] == 3
    assert audit["tied_pairs_ascending_by_item_id"] == pytest.approx(2 / 3, abs=1e-6)
    # Of user 0's ties, one of two and one of three, the second doesn't ascend; user 1 has none.
    assert audit["tied_histories"] == 1
    assert audit["tied_histories_ascending_by_item_id"] == 0.0
    assert audit["tied_histories_ascending_by_chance"] == pytest.approx(1 / 12, abs=1e-6)
    # User 1 ascends wholly, user 0 doesn't; by chance 1/2! and 1/5!.
    assert audit["histories_ascending_by_item_id"] == 0.5
    assert audit["histories_ascending_by_chance"] == pytest.approx((1 / 2 + 1 / 120) / 2, abs=1e-6)


def test_without_times_every_adjacent_pair_is_a_tie():
    audit = order_audit(interactions([(0, 0), (0, 2), (0, 1), (1, 1), (1, 2)]))
    assert audit["ties_without_times"] is True
    assert audit["tied_pairs"] == 3
    assert audit["tied_pairs_ascending_by_item_id"] == pytest.approx(2 / 3, abs=1e-6)
    assert (audit["tied_histories"], audit["tied_histories_ascending_by_item_id"]) == (2, 0.5)
    assert audit["tied_histories_ascending_by_chance"] == pytest.approx((1 / 6 + 1 / 2) / 2, abs=1e-6)


def test_ties_in_random_order_come_out_at_chance():
    rng = np.random.default_rng(0)
    rows = [(user, item) for user in range(4000) for item in rng.permutation(4).tolist()]
    # Two at one time, then two at another: each history is two ties.
    audit = order_audit(interactions(rows, times=[1, 1, 2, 2] * 4000))
    assert audit["tied_histories"] == 4000
    assert audit["tied_histories_ascending_by_chance"] == 0.25
    assert audit["tied_histories_ascending_by_item_id"] == pytest.approx(0.25, abs=0.02)


def test_random_orders_come_out_at_chance():
    rng = np.random.default_rng(0)
    rows = [(user, item) for user in range(3000) for item in rng.permutation(3).tolist()]
    audit = order_audit(interactions(rows))
    assert audit["tied_pairs_ascending_by_item_id"] == pytest.approx(0.5, abs=0.03)
    assert audit["histories_ascending_by_item_id"] == pytest.approx(1 / 6, abs=0.03)
    assert audit["histories_ascending_by_chance"] == pytest.approx(1 / 6, abs=1e-6)


def test_nothing_to_count_is_none():
    audit = order_audit(interactions([(0, 0), (1, 0)], times=[1, 1]))
    assert (audit["tied_pairs"], audit["tied_histories"]) == (0, 0)
    assert audit["tied_histories_ascending_by_item_id"] is None
    assert audit["tied_histories_ascending_by_chance"] is None
    assert audit["tied_pairs_ascending_by_item_id"] is None
    assert audit["histories_ascending_by_item_id"] is None
    assert audit["histories_ascending_by_chance"] is None


def test_a_very_long_history_has_no_chance_to_ascend():
    rows = [(0, item) for item in range(400)]
    assert order_audit(interactions(rows))["histories_ascending_by_chance"] == 0.0


def metrics_of(read, account, given=0):
    faults = Faults(Path("raw.json"), stop=False)
    faults.read = read
    faults.reasons.update({"line: malformed": 4})
    found = interactions([(0, item) for item in range(5)])
    explanations = {"given": given, "kept": 2, "filtered": 1, "duplicates": 0}
    return dataset_metrics("amazon2014", found, faults, account, TextStatistics(), explanations)


def test_a_record_that_nobody_accounts_for_stops():
    with pytest.raises(DatasetError, match=r"15 records read, but .*'kept': 5.* accounted for"):
        metrics_of(15, {"kept": 5, "filtered": 3, "duplicates": 2}, given=3)
    with pytest.raises(DatasetError, match="4 explanations given, but "):
        metrics_of(14, {"kept": 5, "filtered": 3, "duplicates": 2}, given=4)


def test_every_record_is_accounted_for():
    metrics = metrics_of(14, {"kept": 5, "filtered": 3, "duplicates": 2}, given=3)
    assert metrics["records"] == {"read": 14, "quarantined": 4, "kept": 5, "filtered": 3, "duplicates": 2}
    assert metrics["quarantined_by_reason"] == {"line: malformed": 4}
