import numpy as np
import pytest

from pipeline.embeddings.folding import Folding, FoldingError


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
