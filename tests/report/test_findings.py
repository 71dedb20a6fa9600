import pytest

from pipeline.evaluation.schema.tasks import LeakageMetrics
from pipeline.report.findings import audit, explanation_finding, percent, ranking_finding
from tests.evaluation.documents import explanation, sequential, topn


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (1, "100 %"), (0.05007, "5.0 %"), (0.00123, "0.12 %"), (0.996, "99.6 %"), (0.01, "1.0 %")],
)
def test_percent(share, words):
    assert percent(share) == words


def figure(value, low, high):
    return {"HR@10": {"value": value, "low": low, "high": high}}


def test_ranking_finding_by_hand():
    other = figure(0.0, 0.0, 0.0)
    metrics = topn(
        peapod=figure(0.05, 0.04, 0.06),
        up=other,
        tie=other,
        difference_to_up=figure(0.1, 0.05, 0.2),
        difference_to_tie=figure(0, -1, 1),
        users=1234,
    )
    found = ranking_finding(
        "Top-n", metrics, "100 candidates", [("up", "chance", ""), ("tie", "the rule", "")]
    )
    assert (found.value, found.interval) == ("0.0500", "0.0400 to 0.0600")
    assert found.sentence == (
        "For 5.0 % of 1,234 users the item they chose next stands among the first 10 of 100 candidates."
    )
    assert [part.words for part in found.comparisons] == [
        "better than chance",
        "not told apart from the rule",
    ]


def test_explanation_finding_by_hand():
    numbers = {
        "ROUGE-L": {"value": 10.0, "low": 9.0, "high": 11.0},
        "FMR": {"value": 0.5, "low": 0.4, "high": 0.6},
        "USR": {"value": 0.02},
    }
    worse = {"ROUGE-L": {"value": -2.0, "low": -3.0, "high": -1.0}}
    metrics = explanation(peapod=numbers, gap={}, difference_to_gap=worse, pairs=50)
    found = explanation_finding(metrics, [("gap", "a copy", "")])
    assert "Of 50 generated sentences 50.0 % speak of the feature" in found.sentence
    assert "2.0 % are different" in found.sentence
    assert [part.words for part in found.comparisons] == ["worse than a copy"]


LEAKAGE = {
    "candidate_lists_with_known_item": 0,
    "candidate_lists_with_train_item": 0,
    "explanation_test_sentences_in_train": 0.25,
    "order": {
        "test_items_decided_by_ties": 0.44,
        "tied_histories": 8,
        "tied_pairs": 12,
        "histories_ascending_by_chance": 0.003,
        "histories_ascending_by_item_id": 0.15,
        "tied_histories_ascending_by_chance": 0.2,
        "tied_histories_ascending_by_item_id": 0.4,
        "tied_pairs_ascending_by_chance": 0.5,
        "tied_pairs_ascending_by_item_id": 0.7,
    },
    "test_interactions_in_explanation_train": None,
    "test_items_unseen_in_train": 3,
    "test_items_without_embedding": 3,
    "test_users": 1000,
    "test_users_without_embedding": 0,
    "test_users_without_train": 2,
}


def scores(value):
    return {"HR@5": {"value": 0.9}, "NDCG@5": {"value": value}}


SEQUENTIAL = sequential(peapod=scores(0.05), floor_last_item=scores(0.01), floor_highest_number=scores(0.03))


def test_audit_alarms_at_faults_only():
    answers = audit(LeakageMetrics.parse(LEAKAGE, "l"), SEQUENTIAL)
    assert [(one.answer, one.alarming) for one in answers] == [
        ("0 of 1,000", False),
        ("0 of 1,000", False),
        ("2 of 1,000", True),
        ("0 of 1,000", False),
        ("3 of 1,000", False),
        ("3 of 1,000", False),
        ("25.0 %", True),
        ("44.0 %", False),
        ("70.0 %", False),
        ("40.0 %", False),
        ("15.0 %", False),
        # The better rule has more than half of the model's NDCG.
        ("0.0300", True),
    ]
    assert "by chance: 0.30 %" in answers[-2].question
    assert "NDCG@5, beside the model’s 0.0500" in answers[-1].question


def test_audit_leaves_out_ties_that_there_arent():
    kinds = ("tied_pairs", "tied_histories", "histories")
    nothing = dict.fromkeys(f"{kind}_ascending_by_item_id" for kind in kinds)
    order = LEAKAGE["order"] | nothing | {"test_items_decided_by_ties": None}
    answers = audit(LeakageMetrics.parse(LEAKAGE | {"order": order}, "l"), SEQUENTIAL)
    assert len(answers) == 8


def test_where_identifiers_are_no_numbers_no_rule_is_told_of():
    answers = audit(LeakageMetrics.parse(LEAKAGE, "l"), sequential(peapod=scores(0.05)))
    assert len(answers) == 11
    assert not any("number rule" in one.question for one in answers)
