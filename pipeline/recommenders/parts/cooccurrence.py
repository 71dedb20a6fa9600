"""Which item follows which in train histories, and which items a user had last, as sparse matrices."""

import numpy as np
from scipy.sparse import csr_matrix, diags

from pipeline.recommenders.parts.svd import halves


def pair_weights(histories: list[np.ndarray], items: int, exponent: float, backward: float) -> csr_matrix:
    """Return F + `backward` times its transpose, float64 [I, I].

    F[i, j] is the sum of gap ** -`exponent` over all pairs "i before j in one history"; items next to each
    other have gap 1. Pairs are counted gap by gap and the longest gaps added first, so that the order of
    users changes no bit of a sum.
    """
    owners = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    walks = np.concatenate([np.empty(0, dtype=np.int64), *histories]).astype(np.int64)
    forward = csr_matrix((items, items))
    for gap in range(max(map(len, histories), default=0) - 1, 0, -1):
        firsts = np.flatnonzero(owners[:-gap] == owners[gap:])
        pairs = walks[firsts], walks[firsts + gap]
        forward += float(gap) ** -exponent * csr_matrix((np.ones(len(firsts)), pairs), shape=forward.shape)
    return forward + backward * forward.T


def newest_items(histories: list[np.ndarray], items: int, length: int, exponent: float) -> csr_matrix:
    """Return age ** -`exponent` at each user's newest `length` items, the newest of age 1: float64 [B, I].

    Rows are in the order of age and an item that stands twice has two entries, so that products add up in an
    order in which the items' own has no part.
    """
    newest = [history[::-1][:length] for history in histories]
    lengths = [len(history) for history in newest]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    ages = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths) + 1.0
    columns = np.concatenate([np.empty(0, dtype=np.int64), *newest]).astype(np.int64)
    return csr_matrix((ages**-exponent, columns, starts), shape=(len(histories), items))


def cooccurrence_vectors(histories: list[np.ndarray], items: int, width: int) -> np.ndarray:
    """Return vectors of items by the company that they keep in histories: float32 [I, D], `width` is D.

    They are the halves of D^-1/2 (F + F^T) D^-1/2, where F counts pairs by 1 / gap (`pair_weights`) D sums
    the rows, so that vectors aren't long for popularity alone. An item that no other accompanies has zeros.
    """
    pairs = pair_weights(histories, items, exponent=1.0, backward=1.0)
    sums = np.asarray(pairs.sum(axis=1)).ravel()
    scale = diags(np.divide(1.0, np.sqrt(sums), out=np.zeros_like(sums), where=sums > 0))
    return halves((scale @ pairs @ scale).tocsr(), width).left
