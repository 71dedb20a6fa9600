"""Wordings of the discrete prompts: read from YAML, checked, and cut at their placeholders."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.params import load_yaml
from pipeline.tasks.base import Task
from pipeline.tasks.registry import TASKS


@dataclass(frozen=True)
class Template:
    """One wording, cut into words; a word in braces is a placeholder.

    Attributes:
        words: the words in order, e.g. ("Which", "of", "{candidates}", "suits", "{user}", "?").
    """

    words: tuple[str, ...]


def read_templates(path: Path, tasks: Sequence[Task]) -> dict[Task, tuple[Template, ...]]:
    """Read the wordings of `tasks`; the first of each is the bare form used in validation and test.

    Those of other tasks may stand there, too. Raises ValueError naming file, task and wording where a task
    is missing, a placeholder is missing, repeated or foreign, or doesn't stand alone between spaces.
    """
    document = load_yaml(path)
    names = [task.name for task in TASKS]
    unknown = sorted(set(document) - set(names))
    if unknown:
        raise ValueError(f"{path}: unknown task {unknown[0]!r}; the tasks are {', '.join(names)}")
    return {task: _task_templates(path, task, document.get(task.name)) for task in tasks}


def _task_templates(path: Path, task: Task, wordings: object) -> tuple[Template, ...]:
    if not isinstance(wordings, list) or not wordings:
        raise ValueError(f"{path}: {task}: a list of at least one wording is wanted, found {wordings!r}")
    return tuple(_template(path, task, wording) for wording in wordings)


def _template(path: Path, task: Task, wording: object) -> Template:
    if not isinstance(wording, str):
        raise ValueError(f"{path}: {task}: a wording is text, found {wording!r}")
    words = tuple(wording.split())
    found = sorted(word for word in words if "{" in word or "}" in word)
    if found != sorted(task.placeholders):
        raise ValueError(
            f"{path}: {task}: {wording!r} has the placeholders {found}; wanted, each once and alone between "
            f"spaces: {', '.join(task.placeholders)}"
        )
    return Template(words)
