"""An assistant's probabilities, what they are fitted to, and how much say it gets."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.data.histories import Histories
from pipeline.decoding.assistant import TIES, Probabilities, Trial, Weighed, assisted, weigh
from pipeline.decoding.predict import QuestionList
from pipeline.decoding.shards import Shards
from pipeline.tasks.base import AnswerKind, Example, Question
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from tests.decoding.test_recommend import ITEMS, KNOWN, WIDE, questions, recommender
from tests.tiny import USERS


def probabilities(table: list[list[float]], counts: list[int], seed: int = 0) -> Probabilities:
    """Those of fixed scores, a row a user."""
    scores = np.array(table, dtype=np.float32)
    return Probabilities(lambda users, _: scores[users], np.array(counts), np.random.default_rng(seed))


def test_probabilities_by_hand() -> None:
    # Of the known items 0, 1 and 2 the scores are 2, 4 and 6: lowest 2, standard deviation sqrt(8 / 3).
    advice = probabilities([[2, 4, 6, 100]], [1, 1, 1, 0])
    advice.exponent = 3.0
    z = np.array([0, 2, 4]) / np.sqrt(8 / 3)
    (found,) = advice(np.array([0]), [np.array([0])])
    # Ties take no more than TIES, and what train never shows stands behind the worst.
    np.testing.assert_allclose(found[:3], 3 * np.log(1 + z), atol=TIES)
    assert found[:3].min() - 2 * TIES <= found[3] < found[:3].min()


def test_a_scale_of_the_scores_changes_nothing() -> None:
    table = np.random.default_rng(0).normal(size=(3, 8))
    users, none = np.arange(3), [np.array([], dtype=np.int32)] * 3
    one = probabilities(table.tolist(), [1] * 8)(users, none)
    two = probabilities((table * 1000 - 7).tolist(), [1] * 8)(users, none)
    np.testing.assert_allclose(one, two, atol=1e-4)


def test_of_one_score_for_all_no_item_is_likelier_but_all_stand_in_an_order() -> None:
    (found,) = probabilities([[0.0] * 50], [1] * 50)(np.array([0]), [np.array([])])
    assert len(set(found)) == 50
    assert np.ptp(found) < TIES
    (other,) = probabilities([[0.0] * 50], [1] * 50, seed=1)(np.array([0]), [np.array([])])
    assert found.argsort().tolist() != other.argsort().tolist()


def test_the_exponent_is_the_one_that_choices_were_drawn_with() -> None:
    rng = np.random.default_rng(0)
    users = 4000
    items = 12
    exponent = 2.5
    table = rng.normal(size=(users, items))
    advice = probabilities(table.tolist(), [1] * items)
    rises = advice.rises(np.arange(users), [])
    # Everybody has item 0, which isn't asked for.
    shares = np.exp(exponent * rises) * (np.arange(items) > 0)
    shares /= shares.sum(axis=1, keepdims=True)
    chosen = (shares.cumsum(axis=1) < rng.random((users, 1))).sum(axis=1)
    known = Histories(np.zeros(users, dtype=np.int32), np.arange(users + 1))
    examples = [
        Example(Question(SEQUENTIAL, user, known[user]), int(item)) for user, item in enumerate(chosen)
    ]
    loss = advice.fit([*examples, Example(Question(SEQUENTIAL, 0, known[0]), 0)], known)
    assert advice.exponent == pytest.approx(exponent, rel=0.1)
    assert loss == pytest.approx(-np.log(shares[np.arange(users), chosen]).mean(), rel=0.05)


def test_nothing_to_fit_to_leaves_the_exponent_as_it_is() -> None:
    advice = probabilities([[0.0, 1.0]], [1, 1])
    known = Histories(np.array([1], dtype=np.int32), np.array([0, 1]))
    assert advice.fit([Example(Question(SEQUENTIAL, 0, known[0]), 1)], known) == 0.0
    assert advice.exponent == 1.0


def test_the_best_weight_is_the_first_of_equals() -> None:
    tried = {
        SEQUENTIAL: [Trial(1.0, 0.2), Trial(0.5, 0.4), Trial(0.0, 0.4)],
        TOPN: [Trial(1.0, 0.7), Trial(0.0, 0.6)],
    }
    weighed = Weighed(exponent=2.0, loss=1.23456789, tried=tried)
    assert weighed.record("ease") == {
        "name": "ease",
        "exponent": 2.0,
        "loss": 1.234568,
        "tried": {
            "sequential": [
                {"weight": 1.0, "NDCG@10": 0.2},
                {"weight": 0.5, "NDCG@10": 0.4},
                {"weight": 0.0, "NDCG@10": 0.4},
            ],
            "topn": [{"weight": 1.0, "NDCG@10": 0.7}, {"weight": 0.0, "NDCG@10": 0.6}],
        },
        "weight": {"sequential": 0.5, "topn": 1.0},
    }


@pytest.fixture
def knowing() -> tuple[Probabilities, dict]:
    """An assistant who always has one item on top, and questions whose answer is its second."""
    rng = np.random.default_rng(3)
    table = rng.normal(size=(USERS, ITEMS))
    asked = questions(SEQUENTIAL, 4)
    answers = []
    for question in asked:
        unseen = [item for item in range(ITEMS) if item not in KNOWN[question.user]]
        first, second = rng.choice(unseen, 2, replace=False)
        table[question.user, [first, second]] = 90, 80
        answers.append(int(second))
    examples = [Example(question, answer) for question, answer in zip(asked, answers, strict=True)]
    return probabilities(table.tolist(), [1] * ITEMS), {SEQUENTIAL: examples}


@pytest.mark.usefixtures("every_backbone")
def test_each_weight_is_measured_by_answers_to_validation_questions(
    tmp_path: Path, knowing: tuple[Probabilities, dict]
) -> None:
    advice, examples = knowing
    examples[EXPLANATION] = [Example(Question(EXPLANATION, 0, np.array([1])), 0)]
    shards = Shards(tmp_path, 5)
    weighed = weigh(recommender(), advice, examples, KNOWN, [1.0, 0.0], shards)
    assert list(weighed.tried) == [SEQUENTIAL]
    model, alone = weighed.tried[SEQUENTIAL]
    # Every answer stands second: 1 / log2(3).
    assert alone == Trial(0.0, pytest.approx(1 / np.log2(3)))
    ranked = {one.user: one.items.tolist() for one in recommender().rank(questions(SEQUENTIAL, 4))}
    gains = [
        1 / np.log2(ranked[one.question.user].index(one.answer) + 2)
        for one in examples[SEQUENTIAL]
        if one.answer in ranked[one.question.user]
    ]
    # Lists are short: an answer that isn't there counts as nothing.
    assert 0 < len(gains) < USERS
    assert model == Trial(1.0, pytest.approx(sum(gains) / USERS))
    assert weighed.exponent == advice.exponent != 1.0


@pytest.mark.usefixtures("every_backbone")
def test_test_questions_are_answered_with_the_weight_of_their_task(
    tmp_path: Path, knowing: tuple[Probabilities, dict]
) -> None:
    advice, _ = knowing
    tried = {SEQUENTIAL: [Trial(0.0, 0.5), Trial(1.0, 0.4)], TOPN: [Trial(1.0, 0.5), Trial(0.0, 0.4)]}
    narrowed = [
        Question(SEQUENTIAL, one.user, one.items, np.arange(ITEMS, dtype=np.int32)[::2])
        for one in questions(SEQUENTIAL, 4)
    ]
    lists = [
        QuestionList("topn", AnswerKind.ITEM, questions(TOPN, 7)),
        QuestionList("topn_sequential", AnswerKind.ITEM, narrowed),
        QuestionList("explanation", AnswerKind.TEXT, [Question(EXPLANATION, 0, np.array([1]))]),
    ]
    found = assisted(recommender(**WIDE), advice, lists, Weighed(1.0, 0.0, tried), Shards(tmp_path, 5))
    assert list(found) == ["topn", "topn_sequential"]
    first = {row["user"]: row["item"] for row in found["topn_sequential"].to_pylist() if row["rank"] == 1}
    scores = advice(np.arange(USERS), [KNOWN[user] for user in range(USERS)])
    assert first == {user: 2 * int(scores[user, ::2].argmax()) for user in range(USERS)}
    model = {one.user: one.items.tolist() for one in recommender(**WIDE).rank(questions(TOPN, 7))}
    for user in range(USERS):
        assert [row["item"] for row in found["topn"].to_pylist() if row["user"] == user] == model[user]
