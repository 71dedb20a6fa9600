"""Documents written by hand, with what a test doesn't look at filled in."""

from typing import Any

from pipeline.evaluation.schema.document import Methods
from pipeline.evaluation.schema.tasks import ExplanationMetrics, SequentialMetrics, TopnMetrics
from tests.evaluation.workspace import ORDER

ZERO = {"value": 0.0}
LEAKAGE: dict[str, Any] = {
    "candidate_lists_with_known_item": 0,
    "candidate_lists_with_train_item": 0,
    "explanation_test_sentences_in_train": None,
    "order": ORDER,
    "test_interactions_in_explanation_train": None,
    "test_items_unseen_in_train": 1,
    "test_items_without_embedding": 0,
    "test_users": 2,
    "test_users_without_embedding": 0,
    "test_users_without_train": 0,
}


def methods(values: dict[str, Any]) -> Methods:
    """Estimates by method from plain values."""
    return ExplanationMetrics.parse(values | {"pairs": 0}, "by hand").estimates


def sequential(**values: Any) -> SequentialMetrics:
    """Return `metrics/sequential.json` with these methods and fields."""
    told = {"comparisons": 0, "invalid_share": 0.0, "users": 1, "peapod": {"HR@5": ZERO}}
    return SequentialMetrics.parse(told | values, "sequential.json")


def topn(**values: Any) -> TopnMetrics:
    """Return `metrics/topn.json` with these methods and fields."""
    told = {"comparisons": 0, "invalid_share": 0.0, "users": 1, "peapod": {"HR@5": ZERO}}
    told |= {"candidates": 100.0, "chance": {"HR@5": ZERO}, "full_rank": {}}
    return TopnMetrics.parse(told | values, "topn.json")


def explanation(**values: Any) -> ExplanationMetrics:
    """Return `metrics/explanation.json` with these methods and fields."""
    return ExplanationMetrics.parse({"pairs": 1} | values, "explanation.json")
