import numpy as np
import pytest
import torch

from pipeline.tasks.base import Example, Question, Task
from pipeline.tasks.dataset import Pairs
from pipeline.tasks.explanation import EXPLANATION, ExplanationExamples
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from pipeline.training.mixture import Mixture, TaskBatches, spread
from tests.tiny import tiny_maker


class Counted:
    """A sample list that answers with its indices."""

    def __init__(self, task: Task, size: int) -> None:
        self.task, self.size = task, size

    def __len__(self) -> int:
        return self.size

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        return Example(Question(self.task, index % 12, np.array([index % 30])), int(rng.integers(5)))


def indices(batches: TaskBatches, batch: int) -> list[int]:
    return [example.question.user for example in batches[batch][0]]


def test_every_walk_shows_each_sample_once_in_another_order() -> None:
    batches = TaskBatches(TOPN, Counted(TOPN, 12), 4, seed=0)
    walks = [
        [user for batch in range(3 * walk, 3 * walk + 3) for user in indices(batches, batch)]
        for walk in (0, 1)
    ]
    assert sorted(walks[0]) == sorted(walks[1]) == list(range(12))
    assert walks[0] != walks[1]


def test_a_batch_may_straddle_two_walks() -> None:
    batches = TaskBatches(TOPN, Counted(TOPN, 5), 4, seed=0)
    seen = [user for batch in range(5) for user in indices(batches, batch)]
    assert all(sorted(seen[walk * 5 : walk * 5 + 5]) == list(range(5)) for walk in range(4))


def test_a_batch_is_the_same_wherever_a_run_starts() -> None:
    one, two = (TaskBatches(TOPN, Counted(TOPN, 9), 4, seed=3) for _ in range(2))
    forward = [one[batch][0] for batch in range(6)]
    assert [(e.question.user, e.answer) for e in two[5][0]] == [
        (e.question.user, e.answer) for e in forward[5]
    ]
    other = TaskBatches(TOPN, Counted(TOPN, 9), 4, seed=4)
    assert indices(other, 5) != indices(two, 5)


def test_tasks_take_turns_and_an_epoch_has_the_papers_number_of_batches() -> None:
    maker, _, _ = tiny_maker()
    lists = {TOPN: Counted(TOPN, 7), SEQUENTIAL: Counted(SEQUENTIAL, 8)}
    lists[EXPLANATION] = Counted(EXPLANATION, 13)
    mixture = Mixture(lists, maker, 4, seed=0)
    assert mixture.steps_per_epoch == 13 // 4 + 8 // 4 + 7 // 4
    assert [mixture[step].task.name for step in range(5)] == [
        "explanation",
        "sequential",
        "topn",
        "explanation",
        "sequential",
    ]
    again = Mixture(lists, maker, 4, seed=0)
    assert torch.equal(again[4].tokens, mixture[4].tokens)
    assert again[4].labels is not None
    assert torch.equal(again[4].labels, mixture[4].labels)  # type: ignore[arg-type]


def test_no_samples_and_too_large_batches_are_errors() -> None:
    maker, _, _ = tiny_maker()
    empty = ExplanationExamples(Pairs(np.array([]), np.array([]), np.array([])))
    with pytest.raises(ValueError, match="no training samples for the explanation task"):
        TaskBatches(EXPLANATION, empty, 4, 0)
    with pytest.raises(ValueError, match=r"training.batch_size 64 is larger than every task's sample list"):
        Mixture({TOPN: Counted(TOPN, 63)}, maker, 64, 0)


@pytest.mark.parametrize(
    ("shares", "turns"),
    [
        ((1, 1, 1), "est"),
        ((1, 2, 1), "sets"),
        ((0, 3, 1), "ssts"),
        ((2, 4, 0), "sesses"),
    ],
)
def test_turns_are_spread_by_the_shares(shares: tuple[int, ...], turns: str) -> None:
    given = dict(zip(PEAPOD, shares, strict=True))
    found = spread(given)
    assert {task: found.count(task) for task in PEAPOD} == given
    assert "".join(task.name[0] for task in found) == turns


def test_with_shares_each_task_still_walks_its_own_list() -> None:
    maker, _, _ = tiny_maker()
    lists = {SEQUENTIAL: Counted(SEQUENTIAL, 8), TOPN: Counted(TOPN, 8)}
    shared = Mixture(lists, maker, 4, 0, {SEQUENTIAL: 3, TOPN: 1})
    plain = Mixture({SEQUENTIAL: lists[SEQUENTIAL]}, maker, 4, seed=0)
    ours = [shared[step] for step in range(8)]
    sequential = [batch for batch in ours if batch.task is SEQUENTIAL]
    assert len(sequential) == 6
    for number, batch in enumerate(sequential):
        assert torch.equal(batch.tokens, plain[number].tokens)


def test_a_task_without_a_share_is_left_out() -> None:
    maker, _, _ = tiny_maker()
    lists = {SEQUENTIAL: Counted(SEQUENTIAL, 8), TOPN: Counted(TOPN, 40)}
    mixture = Mixture(lists, maker, 4, 0, {TOPN: 0})
    assert mixture.steps_per_epoch == 2
    assert {mixture[step].task for step in range(6)} == {SEQUENTIAL}
