"""All tasks; a new one comes last, and the rows of the others in the task-prompt table stay."""

from collections.abc import Iterable

from pipeline.tasks.base import Task
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN

PEAPOD: tuple[Task, ...] = (EXPLANATION, SEQUENTIAL, TOPN)
"""PeaPOD's, in the paper's order (section 3.1)."""

TASKS: tuple[Task, ...] = (*PEAPOD, CHOICE)


def tasks_named(names: Iterable[str]) -> tuple[Task, ...]:
    """Return the tasks of these names in the order of `TASKS`.

    Raises ValueError for none, for one twice, and naming the first that isn't a task.
    """
    wanted = list(names)
    known = [task.name for task in TASKS]
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"no task {unknown[0]!r}; the tasks are {', '.join(known)}")
    if not wanted or len(set(wanted)) < len(wanted):
        raise ValueError(f"tasks {wanted}: one or more wanted, each once")
    return tuple(task for task in TASKS if task.name in wanted)
