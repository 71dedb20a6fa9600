"""Ids of a workspace, and answers compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest


def users_of(workspace: Path) -> list[str]:
    """Return the raw ids of users, in the order of the model's rows."""
    return pq.read_table(workspace / "data/preprocessed/users.parquet")["user_id"].to_pylist()


def items_of(workspace: Path) -> list[str]:
    """The same of items."""
    return pq.read_table(workspace / "data/preprocessed/items.parquet")["item_id"].to_pylist()


def named(items: list[str], history: np.ndarray) -> list[str]:
    """Return the raw ids of a history."""
    return [items[item] for item in history.tolist()]


def close(found: object, wanted: object) -> None:
    """Compare answers whose scores may differ in their last bits, as sums do in batches of another shape."""
    if not isinstance(wanted, list):
        assert found == wanted
        return
    assert isinstance(found, list)
    assert [replace(one, **{numbers(one): 0.0}) for one in found] == [
        replace(one, **{numbers(one): 0.0}) for one in wanted
    ]
    assert [getattr(one, numbers(one)) for one in found] == pytest.approx(
        [getattr(one, numbers(one)) for one in wanted], abs=1e-4
    )


def numbers(one: object) -> str:
    """The field of an answer that is no id."""
    return "score" if hasattr(one, "score") else "weight"
