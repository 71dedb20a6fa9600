"""The most similar users looked for among the nearest cells alone: for more users than exact search suits."""

import math

import numpy as np
import torch

from pipeline.embeddings.directions import Directions
from pipeline.embeddings.neighbours import Neighbours, check_neighbours, nearest_of

_ROUNDS = 10
_SAMPLE_PER_CELL = 64


def nearest_users_by_cells(vectors: np.ndarray, count: int, block: int, probes: int) -> Neighbours:
    """Find each user's `count` nearest others among the users of the `probes` cells nearest to their own.

    The cells are those of spherical k-means, as many as the square root of the users. The same vectors give
    the same result; nothing is random. Raises NeighboursError as `nearest_users` does.
    """
    check_neighbours(vectors, count)
    directions = Directions(vectors)
    centres = _centres(directions.unit)
    cells = _cells(directions.unit, centres)
    members = _members(cells, len(centres))
    sizes = np.array([len(one) for one in members])
    users = np.empty((len(vectors), count), dtype=np.int32)
    cosines = np.empty((len(vectors), count), dtype=np.float32)
    for cell in np.flatnonzero(sizes).tolist():
        near = _nearest_cells(centres, cell)
        # As many more as it takes for everyone to have `count` others.
        enough = max(probes, int(np.searchsorted(np.cumsum(sizes[near]), count + 1)) + 1)
        pool = np.sort(np.concatenate([members[one] for one in near[:enough]]))
        found = nearest_of(directions, members[cell], count, block, pool)
        users[members[cell]] = found.users
        cosines[members[cell]] = found.cosines
    return Neighbours(users, cosines)


def _centres(unit: torch.Tensor) -> torch.Tensor:
    """Return unit centres of evenly spaced users' cells, float32 [cells, U]."""
    cells = max(1, math.isqrt(len(unit)))
    sample = unit[_evenly(len(unit), cells * _SAMPLE_PER_CELL)]
    centres = sample[_evenly(len(sample), cells)]
    for _ in range(_ROUNDS):
        sums = torch.zeros_like(centres).index_add_(0, _cells(sample, centres), sample)
        lengths = sums.norm(dim=1, keepdim=True)
        centres = torch.where(lengths > 0, sums / lengths, centres)
    return centres


def _cells(unit: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    """Return the nearest centre of each row, int64 [N]."""
    return torch.cat([(part @ centres.T).argmax(dim=1) for part in unit.split(4096)])


def _nearest_cells(centres: torch.Tensor, cell: int) -> np.ndarray:
    """Return all cells, the nearest to `cell` first and it before all."""
    nearness = centres @ centres[cell]
    nearness[cell] = torch.inf
    return nearness.sort(descending=True, stable=True).indices.numpy()


def _members(cells: torch.Tensor, count: int) -> list[np.ndarray]:
    order = cells.sort(stable=True).indices.numpy()
    ends = np.cumsum(np.bincount(cells.numpy(), minlength=count))
    return np.split(order, ends[:-1])


def _evenly(total: int, wanted: int) -> torch.Tensor:
    return torch.linspace(0, total - 1, min(wanted, total), dtype=torch.float64).round().long()
