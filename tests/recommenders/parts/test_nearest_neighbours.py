import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_matrix

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.item_knn import fit_item_neighbours
from pipeline.recommenders.parts.nearest_neighbours import cosine_neighbours
from pipeline.recommenders.user_knn import fit_user_neighbours

HISTORIES = [np.array([0, 1]), np.array([0, 1, 2]), np.array([2, 3])]
DATA = TrainingData(HISTORIES, None, 4)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.sampled_from([0.0, 1.0]))
)
def test_cosines_against_brute_force(rows):
    lengths = np.maximum(np.linalg.norm(rows, axis=1), 1e-12)
    wanted = rows @ rows.T / np.outer(lengths, lengths)
    np.fill_diagonal(wanted, 0)
    found = cosine_neighbours(csr_matrix(rows), len(rows)).toarray()
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert (np.count_nonzero(cosine_neighbours(csr_matrix(rows), 2).toarray(), axis=1) <= 2).all()


def test_items_by_hand():
    # Cosines: 0-1 1; 0-2 and 1-2 1/2; 2-3 1/sqrt 2. So 0 and 1 are nearest to each other, and so are 2 and 3.
    score = fit_item_neighbours(DATA, {"neighbours": 1}, 0).score
    scores = score(np.array([0, 1]), [np.array([0]), np.array([1, 3])])
    np.testing.assert_allclose(scores, [[0, 1, 0, 0], [1, 0, 0.5**0.5, 0]], atol=1e-6)


def test_users_by_hand():
    # User 0's nearest is user 1, with cosine 2 / sqrt(2 * 3).
    scores = fit_user_neighbours(DATA, {"neighbours": 1}, 0).score(np.array([0]), [np.array([])])
    np.testing.assert_allclose(scores, [np.array([1, 1, 1, 0]) * 2 / 6**0.5], atol=1e-6)
