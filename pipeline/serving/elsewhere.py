"""A bundle's answers in any process: its predictor is loaded where it is first asked, and kept there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.decoding.config import DecodingConfig
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import choose_runtime
from pipeline.serving.predictor import Predictor
from pipeline.tasks.base import AnswerKind, Question


@dataclass(frozen=True)
class BundleAnswers:
    """What a task carries in place of a model.

    Attributes:
        folder: of the bundle, as every process finds it.
        decoding: as the predictor has it.
        runtime: of each process; one thread computes a batch whole, so that their number changes no bit.
    """

    folder: Path
    decoding: DecodingConfig
    runtime: RuntimeConfig

    def answer(self, kind: AnswerKind, questions: Sequence[Question]) -> dict[str, Any]:
        """Return what `Answerer.answer` of the bundle's predictor does."""
        settings = (self.decoding.model_dump_json(), self.runtime.model_dump_json())
        predictor = _predictor(self.folder, *settings)
        # A task that came from another process is another object than the one that the model knows.
        known = {task.name: task for task in predictor.tasks}
        asked = [replace(one, task=known[one.task.name]) for one in questions]
        return predictor.answerer.answer(kind, asked)


@cache
def _predictor(folder: Path, decoding: str, runtime: str) -> Predictor:
    return Predictor.load(
        folder,
        DecodingConfig.model_validate_json(decoding),
        choose_runtime(RuntimeConfig.model_validate_json(runtime)),
    )
