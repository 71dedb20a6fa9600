"""The three tasks of PeaPOD, in the paper's order (section 3.1)."""

from enum import StrEnum


class Task(StrEnum):
    """A task; its position in the enumeration is its row in the task-prompt table (section 4.3)."""

    EXPLANATION = "explanation"
    SEQUENTIAL = "sequential"
    TOPN = "topn"

    @property
    def row(self) -> int:
        """Row of this task in the task-prompt table: 0, 1 or 2."""
        return list(Task).index(self)


RECOMMENDATION_TASKS = (Task.SEQUENTIAL, Task.TOPN)
