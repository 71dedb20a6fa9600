import numpy as np
import pytest
import torch

from pipeline.embeddings import narrowing
from pipeline.embeddings.directions import Directions
from pipeline.embeddings.narrowing import narrow, room_for


def unit_rows(users: int, width: int, seed: int) -> torch.Tensor:
    rows = torch.randn(users, width, generator=torch.Generator().manual_seed(seed))
    return rows / rows.norm(dim=1, keepdim=True)


def narrowed(rows: torch.Tensor, count: int, margin: float, tile: int) -> list[set[int]]:
    own = torch.arange(len(rows))
    found: list[set[int]] = [set() for _ in rows]
    room = room_for(len(rows), len(rows), tile)
    for row, place in zip(
        *(part.tolist() for part in narrow(rows, rows, own, count, margin, room, tile)), strict=True
    ):
        assert place not in found[row]
        found[row].add(place)
    return found


@pytest.mark.parametrize("users", [250, 256, 257, 511])
@pytest.mark.parametrize("width", [5, 300])
def test_exactly_those_within_the_margin_of_the_last_wanted(users, width):
    rows = unit_rows(users, width, seed=users)
    products = (rows.double() @ rows.double().T).fill_diagonal_(-2)
    threshold = products.topk(3).values[:, -1:]
    margin = 0.001
    surely, perhaps = products >= threshold - margin + 1e-5, products >= threshold - margin - 1e-5
    for row, found in enumerate(narrowed(rows, 3, margin, tile=64)):
        assert set(surely[row].nonzero()[:, 0].tolist()) <= found
        assert found <= set(perhaps[row].nonzero()[:, 0].tolist())


def test_where_many_are_alike_all_of_them_stay(monkeypatch):
    asked = []
    among_all = narrowing._among_all
    monkeypatch.setattr(
        narrowing,
        "_among_all",
        lambda queries, *rest: asked.append(len(queries)) or among_all(queries, *rest),
    )
    rows = unit_rows(400, 4, seed=1)
    rows[100:220] = rows[100]
    found = narrowed(rows, 2, margin=1e-6, tile=32)
    assert all(set(range(100, 220)) - {user} == found[user] for user in range(100, 220))
    # Only these, and whoever is nearest to them, were looked up among all.
    assert len(asked) == 1
    assert 120 <= asked[0] < 200


@pytest.mark.parametrize("width", [1, 64, 512])
def test_rounding_stays_within_the_margin(width):
    vectors = np.random.default_rng(width).normal(size=(200, width)).astype(np.float32)
    directions = Directions(vectors)
    left, right = np.divmod(np.arange(200 * 200), 200)
    exact = directions.cosines(left, right).reshape(200, 200)
    products = (directions.unit @ directions.unit.T).numpy()
    assert 2 * np.abs(products - exact).max() < directions.margin


def test_cosines_by_hand_and_of_zero_vectors():
    directions = Directions(np.array([[3, 4], [1, 0], [0, 0]], dtype=np.float32))
    assert directions.cosines(np.array([0, 0, 2]), np.array([1, 2, 2])).tolist() == [0.6, 0.0, 0.0]
    assert directions.zero.tolist() == [False, False, True]
    assert len(directions) == 3
