import pytest

from pipeline.tasks.registry import PEAPOD, TASKS, tasks_named


def test_tasks_stand_in_the_order_of_the_registry() -> None:
    assert [task.name for task in tasks_named(["choice", "topn", "sequential"])] == [
        "sequential",
        "topn",
        "choice",
    ]
    assert tasks_named(task.name for task in PEAPOD) == PEAPOD == TASKS[:3]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["sequential", "ranking"], "no task 'ranking'; the tasks are explanation, sequential, topn, choice"),
        ([], r"tasks \[\]: one or more wanted"),
        (["topn", "topn"], "each once"),
    ],
)
def test_what_is_no_task_is_told(names: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tasks_named(names)
