"""Counts of what follows what: by hand, as properties, and on data in which one item leads to the next."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.cooccurrence import fit_cooccurrence
from pipeline.recommenders.parts.cooccurrence import cooccurrence_vectors, newest_items, pair_weights

ITEMS = 5
THREE = [np.array([0, 1, 2]), np.array([1, 2]), np.array([2, 0, 3])]
SETTINGS = {"history": 2, "gap_exponent": 1.0, "age_exponent": 1.0, "backward": 0.5}

walks = st.lists(st.lists(st.integers(0, ITEMS - 1), max_size=7), min_size=1, max_size=6)


def arrays(histories):
    return [np.array(history, dtype=np.int32) for history in histories]


def test_three_short_histories_by_hand():
    # Next to each other: 0-1, twice 1-2, 2-0, 0-3. With one between: 0-2 and 2-3, 1/2 each.
    forward = np.zeros((4, 4))
    forward[0] = [0, 1, 1 / 2, 1]
    forward[1] = [0, 0, 2, 0]
    forward[2] = [1, 0, 0, 1 / 2]
    assert pair_weights(THREE, 4, exponent=1.0, backward=0.0).toarray().tolist() == forward.tolist()
    found = pair_weights(THREE, 4, exponent=1.0, backward=0.25).toarray()
    assert found.tolist() == (forward + forward.T / 4).tolist()
    squared = pair_weights(THREE, 4, exponent=2.0, backward=0.0)
    assert (squared[0, 2], squared[1, 2]) == (1 / 4, 2)


def test_the_newest_items_by_hand():
    found = newest_items(
        [np.array([3, 1, 0]), np.array([], dtype=int), np.array([2])], 4, length=2, exponent=2.0
    )
    assert found.toarray().tolist() == [[1, 1 / 4, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0]]


def test_an_item_that_stands_twice_counts_twice():
    assert newest_items([np.array([1, 0, 1])], 2, length=3, exponent=1.0).toarray().tolist() == [
        [1 / 2, 4 / 3]
    ]
    # 0-0 at gap 2, 0-1 and 1-0 at gap 1.
    assert pair_weights([np.array([0, 1, 0])], 2, 1.0, 0.0).toarray().tolist() == [[1 / 2, 1], [1, 0]]


def test_scores_by_hand():
    # Newest 2, then 1 at half its weight: F[2] + F.T[2] / 2 = [1 + 1/4, 1, 0, 1/2] and
    # (F[1] + F.T[1] / 2) / 2 = [1/4, 0, 1, 0].
    scores = fit_cooccurrence(TrainingData(THREE, None, 4), SETTINGS, 0).score(
        np.array([0]), [np.array([0, 1, 2])]
    )
    assert scores.tolist() == [[1.5, 1, 1, 0.5]]
    assert scores.dtype == np.float32


@given(walks, st.floats(0, 3), st.floats(0, 2, allow_subnormal=False))
def test_pairs_against_brute_force(histories, exponent, backward):
    wanted = np.zeros((ITEMS, ITEMS))
    for history in histories:
        for later, second in enumerate(history):
            for earlier, first in enumerate(history[:later]):
                weight = (later - earlier) ** -exponent
                wanted[first, second] += weight
                wanted[second, first] += backward * weight
    found = pair_weights(arrays(histories), ITEMS, exponent, backward)
    np.testing.assert_allclose(found.toarray(), wanted, rtol=1e-12)


@given(walks, st.randoms(use_true_random=False), st.floats(0, 3))
def test_the_order_of_users_changes_no_bit(histories, random, exponent):
    shuffled = random.sample(histories, len(histories))
    one = pair_weights(arrays(histories), ITEMS, exponent, 0.3).toarray()
    assert (one == pair_weights(arrays(shuffled), ITEMS, exponent, 0.3).toarray()).all()


@given(walks, st.permutations(range(ITEMS)))
def test_other_numbers_of_items_give_the_same_scores(histories, numbers):
    """Nothing leaks from the order of item ids, which is that of time in real data."""
    numbers = np.array(numbers)
    renamed = [numbers[history] for history in arrays(histories)]
    users = np.arange(len(histories))
    settings = SETTINGS | {"history": 4, "gap_exponent": 0.7, "age_exponent": 0.3}
    scores = fit_cooccurrence(TrainingData(arrays(histories), None, ITEMS), settings, 0).score(
        users, arrays(histories)
    )
    other = fit_cooccurrence(TrainingData(renamed, None, ITEMS), settings, 0).score(users, renamed)
    assert (scores == other[:, numbers]).all()


def test_the_order_of_time_matters():
    forward = SETTINGS | {"backward": 0.0}
    for history, best in (([0, 1], 1), ([1, 0], 0)):
        data = TrainingData([np.array(history)] * 3, None, 3)
        scores = fit_cooccurrence(data, forward, 0).score(np.array([0]), [np.array([history[0]])])
        assert scores.argmax() == best


@pytest.mark.parametrize("backward", [0.0, 0.3])
def test_a_planted_successor_is_found_among_popular_items(backward):
    """Item i leads to i + 1 in half of the histories; items 20 to 24 stand in all of them."""
    rng = np.random.default_rng(0)
    histories = []
    for user in range(200):
        item = user % 20
        follower = (item + 1) % 20 if user % 2 else int(rng.integers(20))
        histories.append(np.concatenate([rng.permutation(np.arange(20, 25)), [item, follower]]))
    score = fit_cooccurrence(TrainingData(histories, None, 25), SETTINGS | {"backward": backward}, 0).score
    items = np.arange(1, 20, 2)
    scores = score(items, [np.array([item]) for item in items])
    assert scores.argmax(axis=1).tolist() == ((items + 1) % 20).tolist()


def test_users_without_a_history_and_a_train_split_without_pairs_get_zeros():
    nobody = np.array([], dtype=np.int32)
    score = fit_cooccurrence(TrainingData([np.array([1]), nobody], None, 3), SETTINGS, 0).score
    assert score(np.array([0, 1]), [np.array([1]), nobody]).tolist() == [[0, 0, 0]] * 2


def test_items_in_the_same_company_have_the_same_direction():
    # 0 and 1 each stand between 2 and 3, and never together; 4 is alone.
    together = [np.array([2, 0, 3]), np.array([2, 1, 3]), np.array([4])]
    found = cooccurrence_vectors(together, ITEMS, 3)
    unit = found[:4] / np.linalg.norm(found[:4], axis=1, keepdims=True)
    assert found.dtype == np.float32
    assert unit[0] @ unit[1] == pytest.approx(1, abs=1e-5)
    assert unit[0] @ unit[2] < 0.9
    assert not found[4].any()


def test_popularity_alone_makes_no_vector_longer():
    # Twice as often in the same company.
    walks = [np.array([0, 2]), np.array([1, 2]), np.array([1, 2])]
    found = cooccurrence_vectors(walks, 3, 1)
    assert found[1, 0] / found[0, 0] == pytest.approx(2**0.5, rel=1e-5)
