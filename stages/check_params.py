"""Check all of params.yaml at once: every section, unknown keys, combinations that can't work."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import Field, create_model

from pipeline.baselines.explanation.config import ExplanationBaselinesConfig
from pipeline.baselines.recommendation.config import NEED_METADATA, RECOMMENDERS, BaselinesConfig
from pipeline.data.config import SHORTEST_HISTORY, DatasetConfig, NumberingConfig, SampleConfig
from pipeline.decoding.config import DecodingConfig
from pipeline.embeddings.config import EmbeddingsConfig, NeighboursConfig
from pipeline.evaluation.config import EvaluationConfig
from pipeline.explanations.config import ExplanationsConfig
from pipeline.model.config import ModelConfig
from pipeline.params import ParamsError, Section, load_yaml, read_params
from pipeline.prompts.config import PromptsConfig, TokenizerConfig, smallest_vocabulary
from pipeline.prompts.templates import read_templates
from pipeline.report.config import ReportConfig
from pipeline.runtime import RuntimeConfig
from pipeline.training.config import TrainingConfig
from stages.errors import clear_errors

SAMPLE = "data/raw/sample.json.gz"
NO_METADATA = ("", "data/no_metadata.json")


class Params(Section):
    """Every section of params.yaml."""

    seed: int = Field(ge=0)
    sample: SampleConfig
    dataset: DatasetConfig
    explanations: ExplanationsConfig
    embeddings: EmbeddingsConfig
    neighbours: NeighboursConfig
    numbering: NumberingConfig
    tokenizer: TokenizerConfig
    prompts: PromptsConfig
    model: ModelConfig
    training: TrainingConfig
    decoding: DecodingConfig
    baselines: BaselinesConfig
    explanation_baselines: ExplanationBaselinesConfig
    evaluation: EvaluationConfig
    report: ReportConfig
    runtime: RuntimeConfig


def head_width(prompts: PromptsConfig, model: ModelConfig) -> str | None:
    """The heads of the collaborative prompt share d_model; a pretrained backbone brings its own."""
    if prompts.collaborative != "attention" or model.backbone != "scratch":
        return None
    if model.d_model % prompts.heads == 0:
        return None
    return f"model.d_model ({model.d_model}) is no multiple of prompts.heads ({prompts.heads})"


def whole_word_rows(prompts: PromptsConfig, dataset: DatasetConfig) -> str | None:
    """Row 0 is for other tokens; a user and the history, or a user and the candidates, need one each."""
    needed = 2 + max(prompts.history, dataset.negatives + 1)
    if prompts.whole_words >= needed:
        return None
    return (
        f"prompts.whole_words ({prompts.whole_words}) is below {needed}: a user, the longer of "
        f"prompts.history ({prompts.history}) and dataset.negatives + 1 ({dataset.negatives + 1}), and one "
        "row for the rest"
    )


def kept_candidates(decoding: DecodingConfig, dataset: DatasetConfig) -> str | None:
    """No more items can be kept than top-n has candidates."""
    if decoding.top <= dataset.negatives + 1:
        return None
    return (
        f"decoding.top ({decoding.top}) is above dataset.negatives + 1 ({dataset.negatives + 1} candidates)"
    )


def longest_cutoff(evaluation: EvaluationConfig, decoding: DecodingConfig) -> str | None:
    """A figure at k needs a list of k items."""
    longest = max(evaluation.sequential_cutoffs + evaluation.topn_cutoffs)
    if longest <= decoding.top:
        return None
    return f"evaluation cuts lists off at {longest}, but decoding.top keeps {decoding.top} items"


def known_baselines(evaluation: EvaluationConfig) -> str | None:
    """Each baseline that is to run has its hyper-parameters."""
    unknown = [name for name in evaluation.baselines if name not in RECOMMENDERS]
    if not unknown:
        return None
    return f"evaluation.baselines names {', '.join(unknown)}; section baselines has {', '.join(RECOMMENDERS)}"


def metadata_there(evaluation: EvaluationConfig, dataset: DatasetConfig) -> str | None:
    """What learns from item attributes has some."""
    needing = [name for name in evaluation.baselines if name in NEED_METADATA]
    if not needing or dataset.metadata not in NO_METADATA:
        return None
    return (
        f"evaluation.baselines names {', '.join(needing)}, which need item metadata, and dataset.metadata "
        f"({dataset.metadata!r}) names none"
    )


def sample_users(neighbours: NeighboursConfig, sample: SampleConfig, dataset: DatasetConfig) -> str | None:
    """A user of the sample has no more neighbours than it has other users."""
    if dataset.raw != SAMPLE or neighbours.count < sample.users:
        return None
    return (
        f"neighbours.count ({neighbours.count}) is above the other users of the sample ({sample.users - 1})"
    )


def sample_items(dataset: DatasetConfig, sample: SampleConfig) -> str | None:
    """Negatives are items outside a history, and the sample's shortest holds 5."""
    left = sample.items - SHORTEST_HISTORY
    if dataset.raw != SAMPLE or dataset.negatives <= left:
        return None
    return (
        f"dataset.negatives ({dataset.negatives}) is above {left}, the most items of the sample "
        f"(sample.items {sample.items}) outside a user's history"
    )


def room_for_words(tokenizer: TokenizerConfig, model: ModelConfig) -> str | None:
    """A scratch vocabulary holds every number piece and character, and words."""
    fewest = smallest_vocabulary(tokenizer.number_digits)
    if model.backbone != "scratch" or tokenizer.vocabulary >= fewest:
        return None
    return (
        f"tokenizer.vocabulary ({tokenizer.vocabulary}) is below {fewest}, what number pieces of "
        f"tokenizer.number_digits ({tokenizer.number_digits}), single characters and 50 words need"
    )


def sound_templates(prompts: PromptsConfig) -> str | None:
    """The wordings are there, one or more a task, each with its placeholders."""
    try:
        read_templates(Path(prompts.templates))
    except (ValueError, OSError) as error:
        return f"prompts.templates: {error}"
    return None


def ratings_there(embeddings: EmbeddingsConfig, dataset: DatasetConfig) -> str | None:
    """The P5 format has no ratings to factorize."""
    if dataset.format != "p5" or embeddings.method != "pmf" or embeddings.pmf.feedback != "ratings":
        return None
    return "embeddings.pmf.feedback is ratings, but dataset.format p5 has none; use ones"


def repeats_listable(decoding: DecodingConfig, dataset: DatasetConfig) -> str | None:
    """A repeated purchase held out for test has to stay in the list."""
    if not decoding.exclude_seen or dataset.duplicates != "all":
        return None
    return (
        "decoding.exclude_seen leaves out the repeats that dataset.duplicates all keeps: change one of them"
    )


COMBINATIONS: tuple[Callable[..., str | None], ...] = (
    head_width,
    whole_word_rows,
    kept_candidates,
    longest_cutoff,
    known_baselines,
    metadata_there,
    sample_users,
    sample_items,
    room_for_words,
    sound_templates,
    ratings_there,
    repeats_listable,
)


def faults(path: Path) -> Iterator[str]:
    """Yield every fault of a params file, one line each."""
    for key in load_yaml(path):
        if key not in Params.model_fields:
            yield f"  {key}: unknown section; known are {', '.join(Params.model_fields)}"
    sound: dict[str, Any] = {}
    for name, field in Params.model_fields.items():
        definition: dict[str, Any] = {name: (field.annotation, field)}
        alone = create_model(name, __base__=Section, **definition)
        try:
            sound[name] = getattr(read_params(alone, path), name)
        except ParamsError as error:
            yield from str(error).splitlines()[1:]
    for check in COMBINATIONS:
        # A combination is judged once all of its sections are sound in themselves.
        wanted = [name for name in check.__annotations__ if name != "return"]
        fault = check(*(sound[name] for name in wanted)) if set(wanted) <= set(sound) else None
        if fault:
            yield f"  {fault}"


@clear_errors
def main(root: Path = Path()) -> None:
    """End with exit code 1 and every fault of params.yaml below `root`, or say that it has none."""
    params = root / "params.yaml"
    found = list(faults(params))
    if found:
        raise ParamsError(f"{params}: {len(found)} fault(s)\n" + "\n".join(found))
    print(f"{params}: {len(Params.model_fields)} sections, no faults")


if __name__ == "__main__":
    typer.run(main)
