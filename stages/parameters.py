"""Every section of params.yaml and baselines.yaml in one class, and what the files leave out."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from pipeline.backbones.config import ModelConfig
from pipeline.data.config import DatasetConfig, SampleConfig
from pipeline.decoding.config import AssistantConfig, DecodingConfig
from pipeline.embeddings.config import EmbeddingsConfig, NeighboursConfig
from pipeline.evaluation.config import EvaluationConfig
from pipeline.explainers.config import ExplanationBaselinesConfig
from pipeline.explanations.config import ExplanationsConfig
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.params import Section
from pipeline.prompts.config import PromptsConfig, TokenizerConfig
from pipeline.recommenders.config import BaselinesConfig
from pipeline.report.config import ReportConfig
from pipeline.runtime.config import RuntimeConfig
from pipeline.training.config import TrainingConfig

FILES = ("params.yaml", "baselines.yaml")
IN_BASELINES = ("baselines", "explanation_baselines")
"""The sections of baselines.yaml; all others stand in params.yaml."""


class Params(Section):
    """Every section of params.yaml and baselines.yaml."""

    seed: int = Field(ge=0)
    sample: SampleConfig
    dataset: DatasetConfig
    explanations: ExplanationsConfig
    embeddings: EmbeddingsConfig
    neighbours: NeighboursConfig
    identifiers: IdentifiersConfig
    tokenizer: TokenizerConfig
    prompts: PromptsConfig
    model: ModelConfig
    training: TrainingConfig
    decoding: DecodingConfig
    assistant: AssistantConfig
    baselines: BaselinesConfig
    explanation_baselines: ExplanationBaselinesConfig
    evaluation: EvaluationConfig
    report: ReportConfig
    runtime: RuntimeConfig


def file_of(section: str) -> str:
    """Return the name of the file that a section stands in."""
    return "baselines.yaml" if section in IN_BASELINES else "params.yaml"


def completed(values: Mapping[str, Any], section: type[Section] = Params) -> dict[str, Any]:
    """Return `values` with the defaults of all that they leave out, in the order of the fields.

    What `section` doesn't know, or has another shape, stays as it is, at the end.
    """
    found: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        kind, value = field.annotation, values.get(name, {})
        if isinstance(kind, type) and issubclass(kind, Section) and isinstance(value, Mapping):
            found[name] = completed(value, kind)
        elif name in values:
            found[name] = value
        elif not field.is_required():
            found[name] = list(field.default) if isinstance(field.default, tuple) else field.default
    return found | {name: value for name, value in values.items() if name not in found}
