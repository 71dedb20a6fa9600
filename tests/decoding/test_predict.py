import numpy as np

from pipeline.decoding.predict import test_questions as questions_of
from pipeline.tasks.base import AnswerKind
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.sequential import SEQUENTIAL
from tests.tiny import USERS
from tests.training.test_samples import inputs


def test_each_list_has_a_name_and_a_kind_of_answer() -> None:
    lists = questions_of(inputs(), 3, np.random.default_rng(0), PEAPOD)
    assert [(one.name, one.answers, len(one.questions)) for one in lists] == [
        ("explanation", AnswerKind.TEXT, 0),
        ("sequential", AnswerKind.ITEM, USERS),
        ("topn", AnswerKind.ITEM, USERS),
        ("topn_sequential", AnswerKind.ITEM, USERS),
    ]


def test_candidates_are_asked_for_by_two_prompts() -> None:
    asked = {one.name: one.questions for one in questions_of(inputs(), 3, np.random.default_rng(0), PEAPOD)}
    lists = (asked[name] for name in ("sequential", "topn", "topn_sequential"))
    for user, (plain, among, by_history) in enumerate(zip(*lists, strict=True)):
        assert plain.user == among.user == by_history.user == user
        assert plain.pool is None
        assert by_history.task is plain.task is SEQUENTIAL
        # Four items are known when the test item is asked for; the newest three stay.
        assert by_history.items.tolist() == plain.items.tolist() == [1, 2, 3]
        assert by_history.pool is not None
        assert sorted(by_history.pool.tolist()) == [4, 10, 11, 12, 13, 14]
        assert by_history.pool.tolist() == among.items.tolist()
