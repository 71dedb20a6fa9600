import gzip
from pathlib import Path

import numpy as np
import pytest

from pipeline.evaluation.numbering_floor import (
    candidate_ranks,
    catalogue_ranks,
    highest_numbers,
    last_numbers,
)
from pipeline.evaluation.ranking import MISS, ranking_metrics

P5 = Path(__file__).resolve().parents[2] / "../shared/data/p5"

# HR@1, HR@5, HR@10, NDCG@5, NDCG@10 of docs' protocol, measured apart from this code.
TABLE = {
    ("beauty", "last"): [0.0253, 0.0289, 0.0308, 0.0272, 0.0278],
    ("beauty", "highest"): [0.0441, 0.0453, 0.0463, 0.0447, 0.0450],
    ("toys", "last"): [0.0413, 0.0458, 0.0470, 0.0438, 0.0442],
    ("toys", "highest"): [0.0654, 0.0663, 0.0667, 0.0659, 0.0660],
}


def test_bases_by_hand():
    users = np.array([1, 0, 1, 0, 1])
    positions = np.array([2, 0, 0, 1, 1])
    numbers = np.array([4, 9, 7, 3, 5])
    assert last_numbers(users, positions, numbers, 3).tolist() == [3, 4, 0]
    assert highest_numbers(users, numbers, 3).tolist() == [9, 7, 0]


def test_bases_without_any_history():
    nothing = np.array([], dtype=np.int64)
    assert last_numbers(nothing, nothing, nothing, 2).tolist() == [0, 0]
    assert highest_numbers(nothing, nothing, 2).tolist() == [0, 0]


def test_catalogue_ranks_by_hand():
    bases, targets = np.array([10, 10, 10, 10, 10]), np.array([11, 20, 21, 10, 9])
    assert catalogue_ranks(bases, targets, 10).tolist() == [1, 10, MISS, MISS, MISS]


def test_candidate_ranks_by_hand():
    # Base 10. Above, nearest first: 11, 15, 30; then 10, 8, 2.
    negatives = np.array([30, 8, 11, 2, 10])
    targets = [15, 12, 9, 1, 40]
    ranks = candidate_ranks(np.full(5, 10), np.array(targets), [negatives] * 5)
    assert ranks.tolist() == [2, 2, 4, 6, 3]


@pytest.mark.parametrize(("dataset", "rule"), TABLE)
def test_the_published_sequences_give_the_protocols_figures(dataset, rule):
    path = P5 / dataset / "sequential_data.txt.gz"
    if not path.exists():
        pytest.skip(f"the real data isn't there: {path}")
    with gzip.open(path, "rt") as lines:
        histories = [[int(number) for number in line.split()[1:]] for line in lines]
    users = np.repeat(np.arange(len(histories)), [len(history) - 1 for history in histories])
    positions = np.concatenate([np.arange(len(history) - 1) for history in histories])
    numbers = np.concatenate([history[:-1] for history in histories])
    targets = np.array([history[-1] for history in histories])
    if rule == "last":
        bases = last_numbers(users, positions, numbers, len(histories))
    else:
        bases = highest_numbers(users, numbers, len(histories))
    metrics = ranking_metrics(catalogue_ranks(bases, targets, 10), (1, 5, 10))
    found = [round(metrics[name].mean(), 4) for name in ("HR@1", "HR@5", "HR@10", "NDCG@5", "NDCG@10")]
    assert found == TABLE[dataset, rule]
