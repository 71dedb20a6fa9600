"""An assistant's probabilities, what they are fitted to, and how much say it gets."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.decoding.assistant import Trial, Weighed, assisted, weigh
from pipeline.decoding.predict import QuestionList
from pipeline.decoding.shards import Shards
from pipeline.recommenders.ranking.probabilities import Probabilities
from pipeline.tasks.base import AnswerKind, Example, Question
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from tests.decoding.test_recommend import ITEMS, KNOWN, WIDE, questions, recommender
from tests.recommenders.ranking.test_probabilities import probabilities
from tests.tiny import USERS


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
