"""Folding in is the factorization's own update, and comes near a refit with the user in it."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.data.histories import Histories
from pipeline.embeddings.config import EmbeddingsConfig
from pipeline.embeddings.factorization import Factors, factorize
from pipeline.embeddings.feedback import ones_feedback
from pipeline.embeddings.folding import Folding, FoldingError
from stages.prompt_inputs import read_inputs


def planted(regularization: float, shrink: float = 1.0) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Users who are the solution for their items, times `shrink`."""
    rng = np.random.default_rng(0)
    items = rng.normal(size=(40, 6))
    histories = [rng.choice(40, size=9, replace=False) for _ in range(30)]
    users = []
    for history in histories:
        vectors = items[history]
        users.append(np.linalg.solve(vectors.T @ vectors + regularization * np.eye(6), vectors.sum(0)))
    return shrink * np.array(users), items, histories


@pytest.mark.parametrize(("regularization", "shrink"), [(0.01, 1.0), (10.0, 1.0), (1.0, 0.3)])
def test_known_users_come_out_as_they_were_trained(regularization: float, shrink: float) -> None:
    users, items, histories = planted(regularization, shrink)
    folding = Folding(users, items, histories)
    assert folding.agreement == pytest.approx(1.0)
    for user, history in zip(users, histories, strict=True):
        np.testing.assert_allclose(folding.vector(history[::-1]), user, rtol=1e-4, atol=1e-6)


def test_an_item_twice_is_one() -> None:
    folding = Folding(*planted(1.0))
    assert (folding.vector(np.array([3, 5, 3])) == folding.vector(np.array([3, 5]))).all()


def test_users_and_items_that_train_never_shows_do_not_count() -> None:
    users, items, histories = planted(1.0)
    unknown = len(items)
    items = np.vstack([items, np.zeros(6)])
    users = np.vstack([users, np.zeros(6), users[0]])
    folding = Folding(users, items, [*histories, histories[0], np.array([unknown])])
    assert folding.agreement == pytest.approx(1.0)
    np.testing.assert_allclose(folding.vector(np.append(histories[0], unknown)), users[0], rtol=1e-4)
    with pytest.raises(FoldingError, match="none of these items occurs in the train split"):
        folding.vector(np.array([unknown]))


def test_vectors_that_do_not_follow_from_items_are_refused() -> None:
    users, items, histories = planted(1.0)
    turned = np.random.default_rng(1).normal(size=users.shape)
    with pytest.raises(FoldingError, match=r"mean cosine -?0\.\d\d of known users, 0\.9 wanted.*method pmf"):
        Folding(turned, items, histories).vector(histories[0])
    with pytest.raises(FoldingError, match="mean cosine"):
        Folding(np.zeros_like(users), items, histories).vector(histories[0])


def test_a_vector_worked_by_hand() -> None:
    """Of items (1, 0) and (1, 1), lambda 1: [[3, 1], [1, 2]] w = (2, 1), so that w is (0.6, 0.2)."""
    items = np.array([[1.0, 0.0], [1.0, 1.0]])
    users = np.array([[0.6, 0.2], [0.5, 0.0]])
    folding = Folding(users, items, [np.array([0, 1]), np.array([0])])
    assert folding.vector(np.array([0, 1])) == pytest.approx([0.6, 0.2])
    assert folding.vector(np.array([0])) == pytest.approx([0.5, 0.0])
    # [[2, 1], [1, 2]] w = (1, 1).
    assert folding.vector(np.array([1])) == pytest.approx([1 / 3, 1 / 3])


def fitted(train: Histories, users: np.ndarray) -> Factors:
    """The factorization of some users' train items, every user and item in its own row."""
    rows = np.concatenate([np.full(len(train[user]), user) for user in users])
    items = np.concatenate([train[user] for user in users])
    config = EmbeddingsConfig(dimensions=64, epochs=100)
    return factorize(ones_feedback(rows, items), len(train), int(train.items.max()) + 1, config, 42)


def test_it_is_where_gradient_descent_on_the_factorization_ends(trained: Path) -> None:
    """The items' factors as they are, one user's moved alone, from another start, until they stand still."""
    train = read_inputs(trained / "data").train
    factors = fitted(train, np.arange(len(train)))
    folding = Folding(factors.users, factors.items, [train[user] for user in range(len(train))])
    regularization = folding._regularization
    for user in (0, 7, 31):
        vectors = factors.items[np.unique(train[user])].astype(np.float64)
        step = 1 / (np.linalg.norm(vectors, 2) ** 2 + regularization)
        found = np.random.default_rng(0).normal(size=64)
        for _ in range(200_000):
            gradient = vectors.T @ (vectors @ found - 1) + regularization * found
            found -= step * gradient
            if np.abs(gradient).max() < 1e-10:
                break
        folded = folding.vector(train[user])
        np.testing.assert_allclose(folded, folding._length * found, rtol=1e-4, atol=1e-6)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_held_out_users_come_near_a_refit_that_has_them(trained: Path) -> None:
    """By their scores of all items, since two fits have axes of their own; other users' are far off."""
    train = read_inputs(trained / "data").train
    everybody = np.arange(len(train))
    out = everybody[::6]
    rest = np.setdiff1d(everybody, out)
    refit = fitted(train, everybody)
    without = fitted(train, rest)
    folding = Folding(without.users[rest], without.items, [train[user] for user in rest])
    known = without.items.any(axis=1)
    same = []
    strange = []
    for user, other in zip(out, np.roll(out, 1), strict=True):
        folded = without.items[known] @ folding.vector(train[user])
        same.append(correlation(folded, refit.items[known] @ refit.users[user]))
        strange.append(correlation(folded, refit.items[known] @ refit.users[other]))
    assert np.mean(same) > 0.45  # 0.56.
    assert np.mean(same) > np.mean(strange) + 0.25  # 0.15.
