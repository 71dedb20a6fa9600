import numpy as np
import pytest
import torch

from pipeline.embeddings.factorization import FactorizationError, factorize
from pipeline.embeddings.feedback import Feedback, ones_feedback
from pipeline.embeddings.neighbours import nearest_users
from tests.embeddings.settings import embeddings_config

METHODS = ["pmf", "bivae"]


def two_camps() -> Feedback:
    """Even users like even items, odd users odd ones: 20 users, 12 items, half of a camp's pairs."""
    draw = np.random.default_rng(3)
    pairs = [(u, i) for u in range(20) for i in range(u % 2, 12, 2) if i < 2 or draw.random() < 0.6]
    return ones_feedback(*np.array(pairs).T)


def pmf_by_hand(feedback: Feedback, shape: tuple[int, int], seed: int, epochs: int) -> np.ndarray:
    """Linear PMF by stochastic RMSProp, written from its equations; returns the user vectors."""
    draw = np.random.RandomState(seed)
    factors = [draw.normal(0.0, 0.001, (rows, 8)) for rows in shape]
    squares = [np.zeros_like(factor) for factor in factors]
    rate, decay, weight = (float(np.float32(x)) for x in (0.01, 0.9, 0.001))
    for _ in range(epochs):
        for user, item, value in zip(feedback.users, feedback.items, feedback.values, strict=True):
            error = float(value) - factors[0][user] @ factors[1][item]
            for side, row, other in ((0, user, item), (1, item, user)):
                slope = error * factors[1 - side][other] - weight * factors[side][row]
                squares[side][row] = decay * squares[side][row] + (1 - decay) * slope**2
                factors[side][row] += rate * slope / (np.sqrt(squares[side][row]) + 1e-8)
    return factors[0]


def test_linear_pmf_is_the_rmsprop_of_its_equations():
    feedback = two_camps()
    # cornac numbers items by first appearance, and its initial vectors follow that order.
    order = {item: place for place, item in enumerate(dict.fromkeys(feedback.items.tolist()))}
    renamed = Feedback(feedback.users, np.array([order[i] for i in feedback.items]), feedback.values)
    expected = pmf_by_hand(renamed, (20, len(order)), seed=5, epochs=3)
    found = factorize(feedback, 20, 12, embeddings_config(epochs=3), seed=5)
    np.testing.assert_allclose(found.users, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_users_of_one_taste_become_neighbours(method):
    config = embeddings_config(method=method, epochs=60, learning_rate=0.02)
    nearest = nearest_users(factorize(two_camps(), 20, 12, config, seed=1).users, 5, 8).users
    same = (nearest % 2 == np.arange(20)[:, None] % 2).mean()
    assert same > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(method):
    config = embeddings_config(method=method)
    first, again, other = (factorize(two_camps(), 20, 12, config, seed) for seed in (1, 1, 2))
    assert first.users.tobytes() == again.users.tobytes()
    assert first.items.tobytes() == again.items.tobytes()
    assert first.users.tobytes() != other.users.tobytes()


@pytest.mark.parametrize("method", METHODS)
def test_unseen_users_and_items_get_zeros_and_others_keep_their_rows(method):
    config = embeddings_config(method=method)
    camps = two_camps()
    plain = factorize(camps, 20, 12, config, seed=1)
    # The same feedback with gaps in the numbering: user u is 2u + 1, item i is i + 3.
    spread = Feedback(camps.users * 2 + 1, camps.items + 3, camps.values)
    gapped = factorize(spread, 42, 16, config, seed=1)
    assert gapped.users.shape == (42, 8)
    assert gapped.users.dtype == np.float32
    np.testing.assert_array_equal(gapped.users[1:41:2], plain.users)
    np.testing.assert_array_equal(gapped.items[3:15], plain.items)
    assert not gapped.users[::2].any()
    assert not gapped.items[[0, 1, 2, 15]].any()


def test_items_keep_their_own_rows_whatever_the_order_of_appearance():
    # User 0 likes items 2 and 3 only, so cornac meets item 2 first and calls it 0.
    feedback = ones_feedback(np.array([0, 0, 1, 1]), np.array([2, 3, 0, 1]))
    factors = factorize(feedback, 2, 4, embeddings_config(epochs=300), seed=1)
    scores = factors.users @ factors.items.T
    assert (scores[0, 2:] > scores[0, :2]).all()
    assert (scores[1, :2] > scores[1, 2:]).all()


def test_torch_generators_are_left_as_found():
    torch.manual_seed(99)
    before = torch.get_rng_state()
    factorize(two_camps(), 20, 12, embeddings_config(method="bivae", epochs=2), seed=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_fit_that_diverges_is_named():
    config = embeddings_config(learning_rate=1e38, epochs=30)
    with pytest.raises(FactorizationError, match=r"pmf: \d+ of 20 user vectors hold NaN .*learning_rate"):
        factorize(two_camps(), 20, 12, config, seed=1)


def test_nothing_is_printed(capfd):
    factorize(two_camps(), 20, 12, embeddings_config(method="bivae", epochs=2), seed=1)
    assert capfd.readouterr() == ("", "")
