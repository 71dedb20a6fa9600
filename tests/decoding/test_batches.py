import numpy as np
import pytest
import torch

from pipeline.decoding.batches import answer_in_batches
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import Question
from pipeline.tasks.sequential import SEQUENTIAL
from tests.tiny import tiny_maker

MAKER = tiny_maker(30)[0]
RUNTIME = Runtime(torch.device("cpu"), None)
LENGTHS = (3, 9, 1, 9, 2, 7, 4)


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def questions() -> list[Question]:
    return [Question(SEQUENTIAL, user, np.arange(n)) for user, n in enumerate(LENGTHS)]


def test_alike_lengths_are_together_longest_first_without_padding_for_others() -> None:
    chunks = []

    def seen(batch, chunk):
        assert batch.users.tolist() == [one.user for one in chunk]
        assert batch.labels is None
        assert batch.mask.sum(0).min() > 0
        chunks.append([len(one.items) for one in chunk])
        return [one.user for one in chunk]

    found = answer_in_batches(seen, MAKER, questions(), 3, RUNTIME)
    assert sorted(chunks, reverse=True) == [[9, 9, 7], [4, 3, 2], [1]]
    # Answers come in the order of the questions.
    assert found == list(range(7))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_each_batch_is_one_thread_s_without_gradients(count: int, threads) -> None:
    threads(count)

    def alone(batch, _):
        return [(torch.get_num_threads(), torch.is_grad_enabled(), len(batch))] * len(batch)

    found = answer_in_batches(alone, MAKER, questions(), 2, RUNTIME)
    assert sorted(found) == [(1, False, 1), *[(1, False, 2)] * 6]
    assert torch.get_num_threads() == count


def test_precision_is_that_of_the_run_in_every_thread(threads) -> None:
    threads(2)
    half = Runtime(torch.device("cpu"), torch.bfloat16)
    square = torch.ones(2, 2)
    found = answer_in_batches(
        lambda batch, _: [(square @ square).dtype] * len(batch), MAKER, questions(), 2, half
    )
    assert set(found) == {torch.bfloat16}


def test_an_error_in_a_thread_is_the_callers() -> None:
    def fail(*_):
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        answer_in_batches(fail, MAKER, questions(), 2, RUNTIME)
