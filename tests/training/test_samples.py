import numpy as np
import pytest

from pipeline.data.histories import Histories
from pipeline.prompts.inputs import Inputs
from pipeline.tasks.base import Task
from pipeline.tasks.dataset import Pairs
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from pipeline.training.samples import training_examples, validation_batches, validation_examples
from tests.tiny import USERS, tiny_maker

ITEMS = 30


def histories(count: int, start: int) -> Histories:
    """`count` items a user, one after the other from `start` on."""
    items = (np.arange(USERS * count) % count + start).astype(np.int32)
    return Histories(items, np.arange(USERS + 1) * count)


def inputs() -> Inputs:
    none = Pairs(*(np.empty(0, dtype=np.int64) for _ in range(3)))
    return Inputs(
        user_mentions=[f"user_{user}" for user in range(USERS)],
        item_mentions=[f"item_{item}" for item in range(ITEMS)],
        item_answers=[str(item) for item in range(ITEMS)],
        item_ids=[f"B{item}" for item in range(ITEMS)],
        train=histories(3, 0),
        validation=histories(1, 3),
        test=histories(1, 4),
        known=histories(4, 0),
        whole=histories(5, 0),
        negatives=np.tile(np.arange(10, 15), (USERS, 1)),
        pairs={"train": none, "validation": none, "test": none},
        texts=[],
    )


def users(most: int, seed: int = 0) -> dict[Task, list[int]]:
    maker, *_ = tiny_maker(ITEMS)
    examples = validation_examples(inputs(), 20, most, np.random.default_rng(seed), PEAPOD)
    batches = validation_batches(examples, maker, 4)
    return {task: [int(user) for batch in found for user in batch.users] for task, found in batches.items()}


@pytest.mark.parametrize("most", [0, USERS, USERS + 1])
def test_all_questions_where_no_fewer_are_asked_for(most: int) -> None:
    found = users(most)
    assert set(found) == {SEQUENTIAL, TOPN}
    assert all(sorted(who) == list(range(USERS)) for who in found.values())


def test_some_questions_without_repeats_by_the_seed() -> None:
    found = users(5)
    assert all(len(set(who)) == len(who) == 5 for who in found.values())
    assert found == users(5)
    assert found != users(5, seed=1)


@pytest.mark.parametrize(
    ("samples", "sequential", "topn"), [("prefixes", 2, 3), ("segments", 1, 1), ("histories", 1, 3)]
)
def test_a_walk_has_every_target_or_one_per_user(samples: str, sequential: int, topn: int) -> None:
    lists = training_examples(inputs(), 20, samples, PEAPOD)
    assert {task: len(examples) for task, examples in lists.items()} == {
        SEQUENTIAL: USERS * sequential,
        TOPN: USERS * topn,
    }
