from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.embeddings.neighbours import NeighboursError, nearest_users


def exact_order(vectors: np.ndarray) -> list[list[int]]:
    """Rank all others of each user by the signed square of the cosine, a fraction: ties are exact."""

    def signed_square(u: list[int], v: list[int]) -> Fraction:
        dot = sum(a * b for a, b in zip(u, v, strict=True))
        lengths = sum(a * a for a in u) * sum(b * b for b in v)
        return Fraction(dot * abs(dot), lengths) if lengths else Fraction(0)

    rows = vectors.astype(int).tolist()
    return [
        sorted((j for j in range(len(rows)) if j != i), key=lambda j: (-signed_square(rows[i], rows[j]), j))
        for i in range(len(rows))
    ]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_same_as_exact_arithmetic_whatever_the_block(data):
    users = data.draw(st.integers(2, 14))
    small = st.integers(-2, 2)  # Many equal, parallel, orthogonal and zero vectors.
    width = data.draw(st.integers(1, 4))
    vectors = data.draw(arrays.arrays(np.float32, (users, width), elements=small.map(float)))
    count = data.draw(st.integers(1, users - 1))
    found = nearest_users(vectors, count, block=data.draw(st.integers(1, users + 1)))
    assert found.users.tolist() == [row[:count] for row in exact_order(vectors)]


@pytest.mark.parametrize("width", [3, 64, 512])
def test_blocks_give_the_same_bytes(width):
    draw = np.random.default_rng(width)
    vectors = draw.normal(size=(150, width)).astype(np.float32)
    vectors[20:40] = vectors[:20]  # Equal users,
    vectors[40:60] = vectors[:20] * 3  # parallel ones,
    vectors[60:65] = 0  # and users without a vector.
    whole = nearest_users(vectors, 20, block=150)
    for block in (1, 7, 64):
        parts = nearest_users(vectors, 20, block)
        assert parts.users.tobytes() == whole.users.tobytes()
        assert parts.cosines.tobytes() == whole.cosines.tobytes()
    assert whole.users[0, :2].tolist() == [20, 40]


def test_cosines_by_hand():
    vectors = np.array([[1, 0], [3, 4], [0, 2], [-1, 0], [0, 0]], dtype=np.float32)
    found = nearest_users(vectors, 4, block=2)
    assert found.users.tolist() == [[1, 2, 4, 3], [2, 0, 4, 3], [1, 0, 3, 4], [2, 4, 1, 0], [0, 1, 2, 3]]
    np.testing.assert_allclose(found.cosines[1], [0.8, 0.6, 0.0, -0.6], rtol=1e-7)
    assert found.cosines[4].tolist() == [0, 0, 0, 0]
    assert (found.users.dtype, found.cosines.dtype) == (np.int32, np.float32)


def test_length_of_a_vector_does_not_matter():
    vectors = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
    lengths = 2.0 ** np.arange(-60, 60, 4, dtype=np.float32)[:, None]  # Powers of two scale exactly.
    np.testing.assert_array_equal(
        nearest_users(vectors * lengths, 7, 8).users, nearest_users(vectors, 7, 8).users
    )


def test_users_of_nearly_one_direction_are_told_apart():
    # Cosines above 1 - 2e-7: float32 can hardly tell them apart.
    angles = np.random.default_rng(1).permutation(60) * 1e-5
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    gaps = np.abs(angles[:, None] - angles[None, :]).round(9)
    expected = [sorted(set(range(60)) - {u}, key=lambda v: (gaps[u, v], v))[:5] for u in range(60)]
    assert nearest_users(vectors, 5, block=7).users.tolist() == expected


@pytest.mark.parametrize("count", [0, 4])
def test_more_neighbours_than_others_are_refused(count):
    with pytest.raises(NeighboursError, match=rf"{count} neighbours asked for, but 4 users have 3 others"):
        nearest_users(np.ones((4, 2), dtype=np.float32), count, 2)


def test_one_user_is_not_told_to_lower_the_count_to_zero():
    with pytest.raises(
        NeighboursError, match=r"1 user\(s\), of whom nobody has neighbours: more users are wanted"
    ):
        nearest_users(np.ones((1, 2), dtype=np.float32), 1, 2)


def test_vectors_must_be_finite():
    with pytest.raises(NeighboursError, match="NaN or infinity"):
        nearest_users(np.array([[1.0], [np.nan]], dtype=np.float32), 1, 2)
