"""Recommenders that LLaRA's authors released, as plain arrays (`.npz`): scores, and vectors of items."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from pipeline.recommenders.base import BaselineError, Scorer
from pipeline.recommenders.parts.dros import DrosCaser, DrosGru, DrosModel, DrosSasrec

LENGTH = 10
"""Newest items that the released models read."""
_TABLE = "item_embeddings.weight"


class Released(NamedTuple):
    """What a file holds.

    Attributes:
        name: SASRec, GRU4Rec or Caser, told by its arrays.
        score: scores of all items; it doesn't look at users. After nothing they are all 0.
        vectors: of the items that are read, float32 [I, D]: what LLaRA projects into its language model.
    """

    name: str
    score: Scorer
    vectors: np.ndarray


def read_released(path: Path) -> Released:
    """Read a released recommender.

    Raises BaselineError naming the file when it isn't one, holds other arrays or other sizes than its kind
    has, or values that are no numbers.
    """
    arrays = _arrays(path)
    if _TABLE not in arrays or arrays[_TABLE].ndim != 2:
        raise BaselineError(f"{path}: no array {_TABLE} [items + 1, width]; it has {sorted(arrays)}")
    if broken := [name for name, array in arrays.items() if not np.isfinite(array).all()]:
        raise BaselineError(f"{path}: {broken} hold values that aren't numbers")
    # Fresh weights are drawn and then replaced: torch's generator is left as it was.
    with torch.random.fork_rng(devices=[]):
        name, model = _model(arrays)
    try:
        model.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    except RuntimeError as error:
        raise BaselineError(f"{path}: not the arrays of {name}: {error}") from None
    model.eval()
    # The last row is for no item.
    return Released(name, scorer(model), arrays[_TABLE][:-1])


def released_rows(item_ids: Sequence[str], released: Released) -> np.ndarray:
    """Return the row of each item, int64 [I], among those of `released`: its raw id is a number.

    Ids count from 0 where there is an item 0 (LLaRA's files), else from 1 (MovieLens's). Raises BaselineError
    naming the first item that has no row.
    """
    first = 0 if "0" in item_ids else 1
    count = len(released.vectors)
    rows = [int(name) - first if name.isdecimal() else -1 for name in item_ids]
    for name, row in zip(item_ids, rows, strict=True):
        if not 0 <= row < count:
            raise BaselineError(
                f"embeddings.released.path has {count} items, numbered from {first}; item {name!r} of this "
                "dataset is none of them"
            )
    return np.array(rows, dtype=np.int64)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise BaselineError(f"{path}: no such file; a released recommender is an .npz of plain arrays")
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name].astype(np.float32) for name in file.files}
    except (ValueError, OSError, BadZipFile, AttributeError, EOFError) as error:
        raise BaselineError(f"{path}: not an .npz of plain arrays ({error})") from None


def _model(arrays: dict[str, np.ndarray]) -> tuple[str, DrosModel]:
    rows, width = arrays[_TABLE].shape
    if "gru.weight_hh_l0" in arrays:
        return "GRU4Rec", DrosGru(rows - 1, width, arrays["gru.weight_hh_l0"].shape[1])
    if "vertical_cnn.weight" in arrays:
        return "Caser", DrosCaser(rows - 1, width, LENGTH)
    return "SASRec", DrosSasrec(rows - 1, width, LENGTH)


def scorer(model: DrosModel) -> Scorer:
    """Return the scores that a model gives; users aren't looked at, and an empty history gets zeros."""
    none = model.item_embeddings.num_embeddings - 1

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        scores = np.zeros((len(histories), model.s_fc.out_features), dtype=np.float32)
        there = [row for row, history in enumerate(histories) if len(history)]
        if there:
            with torch.no_grad():
                scores[there] = model(*left_aligned([histories[row] for row in there], none)).numpy()
        return scores

    return score


def left_aligned(histories: list[np.ndarray], none: int) -> tuple[Tensor, Tensor]:
    """Return the newest items of each history with `none` behind them, [B, LENGTH], and how many, [B]."""
    sequences = torch.full((len(histories), LENGTH), none)
    lengths = torch.tensor([min(len(history), LENGTH) for history in histories])
    for row, history in zip(sequences, histories, strict=True):
        newest = torch.from_numpy(history[-LENGTH:].astype(np.int64))
        row[: len(newest)] = newest
    return sequences, lengths
