"""Halves beside numpy's own decomposition, both ways to get them, and what is beyond the rank."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipeline.recommenders.parts import svd
from pipeline.recommenders.parts.svd import halves


@pytest.fixture
def matrix() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(12, 9))


def test_the_product_is_the_best_approximation_of_its_rank(matrix):
    left, values, right = np.linalg.svd(matrix)
    found = halves(matrix, 4)
    np.testing.assert_allclose(found.left @ found.right.T, (left[:, :4] * values[:4]) @ right[:4], atol=1e-5)
    np.testing.assert_allclose((found.left**2).sum(axis=0), values[:4], rtol=1e-5)
    np.testing.assert_allclose((found.right**2).sum(axis=0), values[:4], rtol=1e-5)


@pytest.mark.parametrize("kind", [np.asarray, csr_matrix])
def test_a_large_matrix_gives_what_a_small_one_does(matrix, kind, monkeypatch):
    wanted = halves(matrix, 4)
    monkeypatch.setattr(svd, "DENSE", 0)
    found = halves(kind(matrix), 4)
    np.testing.assert_allclose(found.left, wanted.left, atol=1e-5)
    np.testing.assert_allclose(found.right, wanted.right, atol=1e-5)
    again = halves(kind(matrix), 4)
    np.testing.assert_array_equal(found.left, again.left)


def test_signs_are_told_by_the_largest_entry(matrix):
    found = halves(matrix, 9).left
    assert (found[np.abs(found).argmax(axis=0), np.arange(9)] > 0).all()


def test_more_dimensions_than_the_matrix_has_are_zeros(matrix):
    found = halves(csr_matrix(matrix), 11)
    assert found.left.shape == (12, 11)
    assert found.right.shape == (9, 11)
    np.testing.assert_allclose(found.left @ found.right.T, matrix, atol=1e-5)
    assert not found.left[:, 9:].any()


def test_no_dimension_is_refused(matrix):
    with pytest.raises(ValueError, match="width 0: 1 or more"):
        halves(matrix, 0)
