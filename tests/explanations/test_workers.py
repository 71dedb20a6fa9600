import pytest

from pipeline.explanations import workers
from pipeline.explanations.workers import ordered_map, worker_count


def test_nought_takes_the_cores_but_no_more_than_the_rows_are_worth(monkeypatch):
    monkeypatch.setattr(workers, "_cores", lambda: 8)
    assert worker_count(0, 0) == 1
    assert worker_count(0, 4096) == 1
    assert worker_count(0, 4097) == 2
    assert worker_count(0, 10**9) == 8
    assert worker_count(3, 1) == 3


def test_there_is_a_core():
    assert workers._cores() >= 1


@pytest.mark.parametrize("number", [1, 2])
def test_keeps_the_order_and_reads_little_ahead(number):
    read = []

    def items():
        for i in range(-12, 0):
            read.append(i)
            yield i

    results = ordered_map(abs, items(), number)
    assert next(results) == 12
    assert len(read) <= 2 * number
    assert list(results) == list(range(11, 0, -1))


def test_an_error_in_a_worker_comes_out():
    with pytest.raises(ValueError, match="invalid literal"):
        list(ordered_map(int, ["1", "x", *"2345678"], 2))
