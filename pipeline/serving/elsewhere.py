"""A bundle's answers in any process: its predictor is loaded where it is first asked, and kept there."""

from collections.abc import Sequence
from dataclasses import dataclass
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
        return _predictor(self.folder, *settings).answerer.answer(kind, questions)


@cache
def _predictor(folder: Path, decoding: str, runtime: str) -> Predictor:
    return Predictor.load(
        folder,
        DecodingConfig.model_validate_json(decoding),
        choose_runtime(RuntimeConfig.model_validate_json(runtime)),
    )
