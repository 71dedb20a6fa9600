import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.sample_draws import Draws


class Stream:
    """A bit generator that yields given numbers."""

    def __init__(self, *numbers):
        self.bit_generator = self
        self._numbers = iter(numbers)

    def random_raw(self):
        return next(self._numbers)


def draws(seed=0):
    return Draws(np.random.Generator(np.random.PCG64(seed)))


def test_below_is_the_raw_stream_modulo_the_bound():
    raw = np.random.PCG64(7).random_raw(5)
    drawn = Draws(np.random.Generator(np.random.PCG64(7)))
    assert [drawn.below(10) for _ in range(5)] == [int(number) % 10 for number in raw]


def test_weighted_takes_positions_by_their_share():
    positions = [Draws(Stream(number)).weighted((2, 0, 3)) for number in range(5)]
    assert positions == [0, 0, 2, 2, 2]


def test_percent_of_0_and_100():
    assert not any(draws().percent(0) for _ in range(50))
    assert all(draws().percent(100) for _ in range(50))


@given(st.integers(0, 40), st.integers(0, 1000))
def test_a_permutation_holds_each_number_once(count, seed):
    assert sorted(draws(seed).permutation(count)) == list(range(count))


def test_shuffle_is_fisher_yates_from_the_end():
    values = list("abc")
    Draws(Stream(0, 0)).shuffle(values)
    assert values == ["b", "c", "a"]


def test_weights_of_nothing_are_refused():
    with pytest.raises((ValueError, ZeroDivisionError)):
        draws().weighted(())
