import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recommenders.base import BaselineError
from pipeline.recommenders.ranking.lists import BLOCK, Ranker


def ranker(scores, counts=None, seed=0):
    """A ranker of fixed scores, a row a user."""
    table = np.array(scores, dtype=np.float32)
    counts = np.ones(table.shape[1]) if counts is None else np.array(counts)
    return Ranker(lambda users, histories: table[users], counts, np.random.default_rng(seed))


def lists(ranker, histories, top, pools=None):
    """The lists of users 0, 1, ... with these histories; without pools, all pools are item 0 alone."""
    users = np.arange(len(histories))
    pools = [[0]] * len(users) if pools is None else pools
    arrays = ([np.array(items, dtype=int) for items in part] for part in (histories, pools))
    return ranker.lists(users, *arrays, top)


def catalogue(ranker, histories, top):
    """The lists over all items."""
    return lists(ranker, histories, top)["sequential"]


def test_catalogue_by_hand():
    columns = catalogue(ranker([[0.1, 0.9, 0.5, 0.7], [4.0, 3.0, 2.0, 1.0]]), [[1], []], 2)
    assert columns["user"].tolist() == [0, 0, 1, 1]
    assert columns["rank"].tolist() == [1, 2, 1, 2]
    assert columns["item"].tolist() == [3, 2, 0, 1]
    assert columns["score"].tolist() == pytest.approx([0.7, 0.5, 4.0, 3.0])


def test_candidates_keep_to_the_pool():
    columns = lists(ranker([[0.1, 0.9, 0.5, 0.7]]), [[]], 5, pools=[[0, 2]])["topn"]
    assert columns["item"].tolist() == [2, 0]


def test_what_train_never_shows_comes_last_whatever_its_score():
    columns = catalogue(ranker([[9.0, 1.0, 2.0]], counts=[0, 3, 1]), [[]], 3)
    assert columns["item"].tolist() == [2, 1, 0]


def test_ties_are_random_but_seeded_and_the_same_for_all():
    def order(seed):
        columns = catalogue(ranker(np.zeros((2, 50)), seed=seed), [[], []], 50)
        return columns["item"].reshape(2, 50).tolist()

    first, second = order(0)
    assert first == second == order(0)[0]
    assert first != order(1)[0]
    assert first != sorted(first)


@given(st.data())
def test_ranks_agree_with_the_whole_list(data):
    items = data.draw(st.integers(2, 8))
    scores = data.draw(st.lists(st.integers(0, 3), min_size=items, max_size=items))
    counts = data.draw(st.lists(st.integers(0, 1), min_size=items, max_size=items))
    target = data.draw(st.integers(0, items - 1))
    seen = data.draw(st.sets(st.integers(0, items - 1)).map(lambda found: sorted(found - {target})))
    one = ranker([scores], counts)
    history = [np.array(seen, dtype=int)]
    whole = catalogue(one, [seen], items)["item"].tolist()
    assert sorted(whole) == sorted(set(range(items)) - set(seen))
    assert one.ranks(np.array([0]), history, np.array([target])).tolist() == [whole.index(target) + 1]


def test_users_are_scored_in_blocks_and_once_for_both_lists():
    sizes = []

    def scorer(users, histories):
        sizes.append((len(users), len(histories)))
        return np.zeros((len(users), 3))

    users = np.arange(BLOCK + 2)
    one = Ranker(scorer, np.ones(3), np.random.default_rng(0))
    assert len(one.ranks(users, [np.array([0])] * len(users), np.ones(len(users), int))) == len(users)
    assert sizes == [(BLOCK, BLOCK), (2, 2)]
    sizes.clear()
    both = lists(one, [[0]] * len(users), 3, pools=[[1, 2]] * len(users))
    assert sizes == [(BLOCK, BLOCK), (2, 2)]
    assert [len(columns["user"]) for columns in both.values()] == [2 * len(users)] * 2


def test_scores_that_are_no_numbers_are_a_clear_error():
    with pytest.raises(BaselineError, match="training diverged"):
        catalogue(ranker([[np.nan, 1.0]]), [[]], 1)


def test_nobody_to_recommend_to():
    both = lists(ranker(np.zeros((0, 3))), [], 3)
    assert all(len(values) == 0 for columns in both.values() for values in columns.values())


def test_chosen_is_the_highest_of_each_set_by_hand():
    sets = np.array([[[2, 0], [1, 0]], [[1, 2], [3, 1]], [[2, 3], [0, 1]], [[3, 2], [0, 1]]])
    # Of equal scores the first; what train never shows (item 1) keeps its score.
    found = ranker([[0.1, 0.9, 0.5, 0.5], [3.0, 2.0, 1.0, 0.0]], counts=[1, 0, 1, 1])
    empty = [np.array([], dtype=int)] * 2
    assert found.chosen(np.arange(2), empty, sets).tolist() == [[2, 0], [1, 1], [2, 0], [3, 0]]
