"""Check all of params.yaml at once: every section, unknown keys, combinations that can't work.

Every stage that runs as a command does so first (`stages.recorded`), in a process of its own: what a stage
imports decides when it runs anew. So this imports nothing that is slow to load.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import Field, create_model

from pipeline.backbones.config import ModelConfig
from pipeline.data.config import DatasetConfig, SampleConfig
from pipeline.decoding.config import AssistantConfig, DecodingConfig
from pipeline.embeddings.config import EmbeddingsConfig, NeighboursConfig
from pipeline.evaluation.config import EvaluationConfig
from pipeline.explainers.config import ExplanationBaselinesConfig
from pipeline.explanations.config import ExplanationsConfig
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.params import ParamsError, Section, load_yaml, parse_params
from pipeline.prompts.config import PromptsConfig, TokenizerConfig
from pipeline.recommenders.config import BaselinesConfig
from pipeline.report.config import ReportConfig
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.errors import clear_errors
from pipeline.training.config import TrainingConfig
from tools.check_combinations import COMBINATIONS
from tools.check_dataset import LIMITS, Counted, Explained


class Params(Section):
    """Every section of params.yaml."""

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


RENAMED = {"numbering": "identifiers"}
"""Sections by the name that they had before."""


def faults(path: Path, counted: Counted | None = None, explained: Explained | None = None) -> Iterator[str]:
    """Yield every fault of a params file, one line each; those against the dataset where it is counted."""
    document = load_yaml(path)
    for key in document:
        if key in RENAMED:
            yield f"  {key}: this section is called {RENAMED[key]} now; rename it, its keys stay as they are"
        elif key not in Params.model_fields:
            yield f"  {key}: unknown section; known are {', '.join(Params.model_fields)}"
    counts = {"counted": counted, "explained": explained}
    sound: dict[str, Any] = {name: found for name, found in counts.items() if found}
    for name, field in Params.model_fields.items():
        definition: dict[str, Any] = {name: (field.annotation, field)}
        alone = create_model(name, __base__=Section, **definition)
        try:
            sound[name] = getattr(parse_params(alone, document, path), name)
        except ParamsError as error:
            # What has no line for each fault is a single one.
            yield from str(error).splitlines()[1:] or [f"  {error}"]
    for check in (*COMBINATIONS, *LIMITS):
        # A combination is judged once all of its sections are sound in themselves.
        wanted = [name for name in check.__annotations__ if name != "return"]
        fault = check(*(sound[name] for name in wanted)) if set(wanted) <= set(sound) else None
        if fault:
            yield f"  {fault}"


@clear_errors
def main(root: Path = Path(), counted: bool = False, explained: bool = False) -> None:
    """End with exit code 1 and every fault of params.yaml below `root`, or say that it has none.

    With --counted and --explained it has to fit what `preprocess` and `explanations` have counted, too.
    """
    params, metrics = root / "params.yaml", root / "metrics"
    sizes = Counted.read(metrics) if counted else None
    found = list(faults(params, sizes, Explained.read(metrics) if explained else None))
    if found:
        raise ParamsError(f"{params}: {len(found)} fault(s)\n" + "\n".join(found))
    print(f"{params}: {len(Params.model_fields)} sections, no faults")


if __name__ == "__main__":
    typer.run(main)
