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
    """Seed of every random choice; each use draws from its own named generator."""

    sample: SampleConfig
    """The bundled synthetic reviews (stage sample)."""

    dataset: DatasetConfig
    """Reading, filtering and splitting (stage preprocess)."""

    explanations: ExplanationsConfig
    """Phrase-level extraction of features, opinions and explanation sentences (stage explanations)."""

    embeddings: EmbeddingsConfig
    """User and item vectors by train interactions (stage embeddings)."""

    neighbours: NeighboursConfig
    """Most similar users (stage neighbours)."""

    identifiers: IdentifiersConfig
    """What names a user or an item in prompts (stage identifiers)."""

    tokenizer: TokenizerConfig
    """Text to tokens (stage tokenizer)."""

    prompts: PromptsConfig
    """What stands in front of the text, and the text itself."""

    model: ModelConfig
    """The language model under the prompts."""

    training: TrainingConfig
    """Task-alternated training (stage train)."""

    decoding: DecodingConfig
    """Beam search (stage generate)."""

    assistant: AssistantConfig
    """Decoding with an assistant, a baseline that evaluation.assistants names (stages assistant@NAME)."""

    baselines: BaselinesConfig
    """Methods compared with the model (stages baseline@NAME)."""

    explanation_baselines: ExplanationBaselinesConfig
    """Methods compared with the model in the explanation task (stages explanation_baseline@NAME)."""

    evaluation: EvaluationConfig
    """Figures (stage evaluate)."""

    report: ReportConfig
    """The page (stage report)."""

    runtime: RuntimeConfig
    """Where and how tensors are computed."""


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
