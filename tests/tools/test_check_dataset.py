"""What the preprocessed dataset doesn't allow, by figures worked by hand; what is advised leads on."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.prompts.tokenizer import PromptTokenizer, train_tokenizer
from tests.evaluation.workspace import DATASET
from tests.params_files import repository_params, write_params_files
from tests.tools.test_check_params import change_all
from tools.check_dataset import LIMITS, Counted, Explained
from tools.check_params import faults
from tools.closure import ROOT

# 12 users, 9 items; the shortest history has 4 of them, so that the longest list has 9 - 3 = 6.
SIZES = {"users": 12, "items": 9, "reviews": 60, "density_percent": 55.6}
LENGTHS = {"min": 4, "max": 8, "mean": 5.0, "median": 5.0}
METRICS = DATASET | {"format": "p5", "table_2": SIZES, "history_length": LENGTHS}
SPLITS = {"train": 20, "validation": 2, "test": 2}
EXPLAINED = {
    "source": "reviews",
    "explanations": 24,
    "features": 1,
    "feature_opinion_pairs": 1,
    "sequential_test_pairs_in_explanation_train": 0.0,
}
FITTING = {
    "dataset.raw": "own",
    "dataset.negatives": 1,
    "neighbours.count": 11,
    "evaluation.topn_cutoffs": [1, 2],
    "evaluation.sequential_cutoffs": [6],
    "training.batch_size": 20,
}


def found(
    folder: Path,
    changes: dict[str, Any],
    metrics: Any = METRICS,
    splits: dict[str, int] | None = None,
    lost: Any = None,
) -> list[str]:
    document = repository_params()
    change_all(document, FITTING | changes)
    write_params_files(folder, document)
    (folder / "dataset.json").write_text(json.dumps(metrics), encoding="utf-8")
    counts = EXPLAINED | {"split_sizes": SPLITS | (splits or {}), "pairs_without": lost or {}}
    (folder / "explanations.json").write_text(json.dumps(counts))
    told = faults(folder / "params.yaml", Counted.read(folder), Explained.read(folder))
    return [fault.strip() for fault in told]


BROKEN: dict[str, tuple[dict[str, Any], str, list[dict[str, Any]]]] = {
    "dataset_users": (
        {"neighbours.count": 12},
        "neighbours.count (12) is above the other users of the dataset (11): lower it to at most 11",
        [{"neighbours.count": 11}],
    ),
    "dataset_items": (
        {"evaluation.sequential_cutoffs": [1, 7]},
        "evaluation.sequential_cutoffs cuts lists off at 7, but nobody has more than 6 of the 9 items of the "
        "dataset unseen: lower it to at most 6",
        [{"evaluation.sequential_cutoffs": [1, 6]}],
    ),
    "dataset_ratings": (
        {"embeddings.pmf.feedback": "ratings"},
        "embeddings.pmf.feedback is ratings, but the dataset (P5) has none: use ones",
        [{"embeddings.pmf.feedback": "ones"}],
    ),
    "whole_batch": (
        {"training.batch_size": 21},
        "training.batch_size (21) is above 20, the samples of the largest task: lower it to at most 20",
        [{"training.batch_size": 20}],
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_what_the_dataset_does_not_allow(tmp_path, rule):
    changes, message, ways = BROKEN[rule]
    assert found(tmp_path, changes) == [message]
    for way in ways:
        assert found(tmp_path, changes | way) == []


def test_every_limit_is_tested():
    others = {"spelled_numbers", "learned_explanations", "some_explanations"}
    others |= {"chosen_explanation_baselines"}
    assert {check.__name__ for check in LIMITS} == {*BROKEN, *others}


def test_explanations_of_test_alone(tmp_path):
    kept_apart = {"explanations.split": "leave_one_out", "training.batch_size": 12}
    (fault,) = found(tmp_path, kept_apart, splits={"train": 0})
    assert fault == (
        "2 explanations are to be tested and none is left to learn from: set explanations.split to random"
    )
    assert found(tmp_path, kept_apart, splits={"train": 0, "validation": 0, "test": 0}) == []
    (fault,) = found(tmp_path, {"training.batch_size": 12}, splits={"train": 0})
    assert fault.endswith("put some of the source's own into its train split")


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (
            "no_frequent_feature",
            "explanations.min_feature_count (5) leaves no explanation: it is why 7 pairs",
        ),
        (
            "unreadable_length",
            "explanations.min_words (4) and max_words (40) leave no explanation: they are why 7",
        ),
    ],
)
def test_limits_that_leave_no_explanation(tmp_path, cause, told):
    none = dict.fromkeys(SPLITS, 0)
    changes = {"training.batch_size": 12}
    (fault,) = found(tmp_path, changes, splits=none, lost={cause: 7})
    assert fault.startswith(told)
    assert found(tmp_path, changes, splits=none, lost={cause: 0, "no_text": 9}) == []
    assert found(tmp_path, changes, lost={cause: 7}) == []


def test_explanation_baselines_without_validation(tmp_path):
    (fault,) = found(tmp_path, {}, splits={"validation": 0})
    assert fault == (
        "evaluation.explanation_baselines are chosen on validation, which has none of the explanations "
        "(20 in train, 2 in test): set evaluation.explanation_baselines to []"
    )
    assert found(tmp_path, {"evaluation.explanation_baselines": []}, splits={"validation": 0}) == []


def test_repeats_leave_more_unseen_than_histories_are_long(tmp_path):
    changes = {"dataset.duplicates": "all", "decoding.exclude_seen": False}
    assert found(tmp_path, changes | {"evaluation.sequential_cutoffs": [8]}) == []
    (fault,) = found(tmp_path, changes | {"evaluation.sequential_cutoffs": [9]})
    assert "nobody has more than 8 of the 9 items" in fault


@pytest.mark.parametrize(
    ("items", "digits", "needed"), [(999, 3, 2), (1000, 3, 3), (12101, 1, 6), (99, 2, 2)]
)
def test_the_longest_number_is_spelled(tmp_path, items, digits, needed):
    tokenizer = PromptTokenizer(train_tokenizer(["a few words"] * 10, 1400, digits))
    assert len(tokenizer.encode([str(items)])[0]) == needed
    metrics = METRICS | {"table_2": SIZES | {"items": items}}
    short = {
        **{"decoding.constrained": False, "tokenizer.number_digits": digits, "explanations.min_words": 1},
        **{"decoding.max_tokens": needed - 1, "decoding.min_tokens": 0},
    }
    # Below two tokens no explanation has an end.
    told = [fault for fault in found(tmp_path, short, metrics) if "of item" in fault]
    assert told == [
        f"decoding.max_tokens ({needed - 1}) is below {needed}, the tokens of item {items}: raise it to "
        f"at least {needed}, or set decoding.constrained to true"
    ]
    assert found(tmp_path, short | {"decoding.max_tokens": needed}, metrics) == []


@pytest.mark.parametrize("metrics", [{}, [], {**METRICS, "table_2": {}}, {**METRICS, "history_length": 3}])
def test_counts_of_another_shape_count_for_nothing(tmp_path, metrics):
    assert found(tmp_path, {"neighbours.count": 12}, metrics) == []
    assert Counted.read(tmp_path / "absent") is None
    (tmp_path / "explanations.json").write_text('{"split_sizes": {"train": 1}}')
    assert Explained.read(tmp_path) is None


def test_the_committed_counts_are_read():
    counted, explained = Counted.read(ROOT / "metrics"), Explained.read(ROOT / "metrics")
    assert counted is not None
    assert counted.users > counted.shortest
    assert explained is not None
    assert explained.train > explained.test
