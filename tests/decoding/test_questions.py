import numpy as np

from pipeline.decoding.questions import test_questions as questions_of
from tests.tiny import USERS
from tests.training.test_samples import inputs


def test_the_narrowed_questions_are_the_sequential_ones_among_the_candidates() -> None:
    asked = questions_of(inputs(), 3, np.random.default_rng(0))
    assert asked.users().tolist() == list(range(USERS))
    assert len(asked) == 3 * USERS
    for plain, among, narrowed in zip(asked.sequential, asked.topn, asked.narrowed, strict=True):
        assert plain.pool is None
        assert narrowed.task is plain.task
        # Four items are known when the test item is asked for; the newest three stay.
        assert narrowed.items.tolist() == plain.items.tolist() == [1, 2, 3]
        assert narrowed.pool is not None
        assert sorted(narrowed.pool.tolist()) == [4, 10, 11, 12, 13, 14]
        assert narrowed.pool.tolist() == among.items.tolist()
        assert narrowed.answer == among.answer == plain.answer == 4
