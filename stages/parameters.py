"""Every section of params.yaml and baselines.yaml in one class."""

from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.backbones.config import ModelConfig
from pipeline.data.config import ChoicesConfig, DatasetConfig, SampleConfig
from pipeline.decoding.config import AssistantConfig, DecodingConfig
from pipeline.embeddings.config import EmbeddingsConfig, NeighboursConfig
from pipeline.evaluation.config import EvaluationConfig
from pipeline.explainers.config import ExplanationBaselinesConfig
from pipeline.explanations.config import ExplanationsConfig
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.params import Section, completed, load_params
from pipeline.prompts.config import PromptsConfig, TokenizerConfig
from pipeline.recommenders.config import BaselinesConfig
from pipeline.recommenders.ranking.config import TeacherConfig
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

    choices: ChoicesConfig
    """Sets of candidates of which one is to be chosen, as in LLaRA (stage choices)."""

    explanations: ExplanationsConfig
    """Phrase-level extraction of features, opinions and explanation sentences (stage explanations)."""

    embeddings: EmbeddingsConfig
    """User and item vectors by train interactions (stage embeddings)."""

    neighbours: NeighboursConfig
    """Most similar users (stage neighbours)."""

    identifiers: IdentifiersConfig
    """What names a user or an item in prompts (stage identifiers)."""

    teacher: TeacherConfig
    """A baseline whose choices the sequential task learns from, beside the data's (stage teacher)."""

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


def all_parameters(path: Path) -> dict[str, Any]:
    """Return every parameter of a params file and the file beside it, and the defaults of others."""
    return completed(load_params(path), Params)
