import numpy as np

from pipeline.embeddings.unit import unit_rows


def test_rows_have_length_one_and_zeros_stay() -> None:
    found = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]]))
    np.testing.assert_allclose(found, [[0.6, 0.8], [0.0, 0.0]], rtol=1e-6)
    assert found.dtype == np.float32
