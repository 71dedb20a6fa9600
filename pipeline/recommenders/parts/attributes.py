"""Item attributes as the baselines take them: a matrix of those that items share."""

import numpy as np
import pyarrow as pa
import torch
from scipy.sparse import csr_matrix


def shared_attributes(attributes: pa.Table, items: int) -> csr_matrix | None:
    """Return which attributes (ATTRIBUTES) each item has, as ones, float32 [I, A]; None where there are none.

    What a single item has is left out: it says nothing about any other. Columns are in the attributes' order.
    """
    names, codes = np.unique(np.array(attributes["attribute"].to_pylist(), dtype=object), return_inverse=True)
    owners = attributes["item"].to_numpy()
    matrix = csr_matrix(
        (np.ones(len(codes), dtype=np.float32), (owners, codes)), shape=(items, max(len(names), 1))
    )
    matrix.data[:] = 1.0
    shared = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) > 1)
    return matrix[:, shared] if len(shared) else None


def owned_attributes(matrix: csr_matrix) -> torch.Tensor:
    """Return the attributes of each item, A after the last one: int64 [I + 1, M], the last row nothing."""
    counts = np.diff(matrix.indptr)
    owned = np.full((len(counts) + 1, counts.max()), matrix.shape[1], dtype=np.int64)
    rows = np.repeat(np.arange(len(counts)), counts)
    owned[rows, np.arange(len(rows)) - np.repeat(matrix.indptr[:-1], counts)] = matrix.indices
    return torch.from_numpy(owned)
