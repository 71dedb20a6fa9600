"""Nearest neighbours by cosine on implicit feedback, for ItemKNN and UserKNN.

cornac's are for ratings: it compares two items over the users that they share alone and divides a score by
the sum of its similarities, so that with all feedback 1 every similarity and every score is 1.
"""

import numpy as np
from scipy.sparse import csr_matrix, diags


def cosine_neighbours(rows: csr_matrix, count: int) -> csr_matrix:
    """Return the cosines of each row of [R, C] to its `count` nearest others, float32 [R, R].

    Of equal cosines those of lower rows stay.
    """
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    unit = diags(1 / np.maximum(lengths, 1e-12)) @ rows
    cosines = (unit @ unit.T).tocsr().astype(np.float32)
    cosines.setdiag(0)
    cosines.sort_indices()
    for start, end in zip(cosines.indptr[:-1], cosines.indptr[1:], strict=True):
        weak = np.argsort(-cosines.data[start:end], kind="stable")[count:]
        cosines.data[start + weak] = 0
    cosines.eliminate_zeros()
    return cosines
