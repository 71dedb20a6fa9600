"""All tasks, in the paper's order (section 3.1); a new one comes last, and the rows of the others stay."""

from pipeline.tasks.base import Task
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN

TASKS: tuple[Task, ...] = (EXPLANATION, SEQUENTIAL, TOPN)
