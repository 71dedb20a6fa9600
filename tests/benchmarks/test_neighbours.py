import numpy as np

from benchmarks import neighbours


def test_vectors_stand_around_tastes():
    vectors = neighbours.vectors_of(300, 8)
    assert vectors.shape == (300, 8)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, neighbours.vectors_of(300, 8))


def test_exact_search_and_cells_are_measured(monkeypatch):
    monkeypatch.setattr(neighbours, "matrix_peak", lambda *_: 2.0)
    exact = neighbours.exact(400, 8, count=5, asked=20)
    assert abs(exact["share_of_peak"] - exact["gflops"] / 2) < 0.1
    assert exact["memory_above_input_mib"] >= 0
    assert exact["sklearn_seconds"] >= 0
    # All of the twenty cells: nothing is missed.
    assert neighbours.approximate(400, 8, 5, probes=20)["recall"] == 1
