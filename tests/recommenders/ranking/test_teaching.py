"""What a teacher gives after each prefix."""

import numpy as np

from pipeline.data.histories import Histories
from pipeline.recommenders.ranking.probabilities import Probabilities
from pipeline.recommenders.ranking.teaching import BLOCK, drawn_targets

ITEMS = 6


def histories(*lists: list[int]) -> Histories:
    """The train histories of users 0, 1, ..."""
    items = np.array([item for one in lists for item in one], dtype=np.int32)
    return Histories(items, np.cumsum([0, *map(len, lists)]))


def teacher(shares: list[float]) -> Probabilities:
    """One that gives every user the items in these proportions, which go up from 1."""
    spread = np.std(shares)
    # (1 + z) ** 1 with z above the lowest, in standard deviations.
    scores = np.array(shares, dtype=np.float64) * spread / spread
    return Probabilities(
        lambda users, _: np.tile(scores, (len(users), 1)), np.ones(len(shares)), np.random.default_rng(0)
    )


def drawn(advice: Probabilities, train: Histories, draws: int, sharpness: float) -> np.ndarray:
    return drawn_targets(advice, train, draws, sharpness, np.random.default_rng(1))


def test_a_row_for_every_train_item_but_the_first_and_no_item_of_its_prefix() -> None:
    train = histories([0, 1, 2], [], [5], [3, 4])
    found = drawn(teacher([1, 2, 3, 4, 5, 6]), train, 500, 1.0)
    assert found.shape == (3, 500)
    assert found.dtype == np.int32
    wanted = [{1, 2, 3, 4, 5}, {2, 3, 4, 5}, {0, 1, 2, 4, 5}]
    assert [set(row) for row in found.tolist()] == wanted


def test_they_are_drawn_by_the_teachers_probabilities_to_the_power_of_sharpness() -> None:
    scores = np.array([0, 1, 2, 3, 4, 5])
    shares = 1 + scores / scores.std()
    for sharpness in (1.0, 2.5):
        advice = teacher(scores.tolist())
        (row,) = drawn(advice, histories([5, 0]), 20_000, sharpness)
        expected = shares[:5] ** sharpness
        found = np.bincount(row, minlength=ITEMS) / len(row)
        np.testing.assert_allclose(found[:5], expected / expected.sum(), atol=0.015)


def test_the_scores_are_those_after_the_prefix() -> None:
    def score(users: np.ndarray, prefixes: list[np.ndarray]) -> np.ndarray:
        following = [(int(prefix[-1]) + 1) % ITEMS for prefix in prefixes]
        return 1e6 * np.eye(ITEMS)[following]

    advice = Probabilities(score, np.ones(ITEMS), np.random.default_rng(0), exponent=50.0)
    found = drawn(advice, histories([0, 2, 4, 1]), 3, 1.0)
    assert found.tolist() == [[1] * 3, [3] * 3, [5] * 3]


def test_many_prefixes_are_those_of_each_alone() -> None:
    users = BLOCK + 3
    train = histories(*([user % ITEMS, (user + 1) % ITEMS] for user in range(users)))

    def score(users: np.ndarray, prefixes: list[np.ndarray]) -> np.ndarray:
        return 1e6 * np.eye(ITEMS)[[(user + 2) % ITEMS for user in users]]

    advice = Probabilities(score, np.ones(ITEMS), np.random.default_rng(0), exponent=50.0)
    found = drawn(advice, train, 1, 1.0)
    assert found[:, 0].tolist() == [(user + 2) % ITEMS for user in range(users)]


def test_of_no_prefix_there_are_no_rows() -> None:
    assert drawn(teacher([1, 2, 3, 4, 5, 6]), histories([0], [1]), 4, 1.0).shape == (0, 4)
