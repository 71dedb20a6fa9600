"""Combinations of parameters that can't work, or make figures that mean nothing: each rule says what to do.

A rule takes the sections that it looks at, by name, and returns the fault or None.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any

from pipeline.data.config import SHORTEST_HISTORY, ChoicesConfig, DatasetConfig, SampleConfig
from pipeline.decoding.config import DecodingConfig
from pipeline.embeddings.config import FACTORIZATIONS, RELEASED, EmbeddingsConfig, NeighboursConfig
from pipeline.evaluation.config import EvaluationConfig
from pipeline.explainers.config import ExplanationBaseline, ExplanationBaselinesConfig
from pipeline.explanations.config import ExplanationsConfig
from pipeline.params import Section
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.templates import read_templates
from pipeline.recommenders.config import NEED_METADATA, RECOMMENDERS, BaselinesConfig
from pipeline.recommenders.hyperparameters import middle
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.registry import tasks_named
from pipeline.training.config import TrainingConfig
from tools.check_model import (
    adapted_model,
    causal_sizes,
    head_width,
    predicted_inputs,
    room_for_words,
    undivided,
)

SAMPLE = "data/raw/sample.json.gz"
NO_METADATA = ("", "data/no_metadata.json")


def whole_word_rows(prompts: PromptsConfig, dataset: DatasetConfig) -> str | None:
    """Row 0 is for other tokens; a user and the history, or a user and the candidates, need one each."""
    needed = 2 + max(prompts.history, dataset.negatives + 1)
    if prompts.whole_words >= needed:
        return None
    return (
        f"prompts.whole_words ({prompts.whole_words}) is below {needed}: a user, the longer of "
        f"prompts.history ({prompts.history}) and dataset.negatives + 1 ({dataset.negatives + 1}), and one "
        f"row for the rest: raise it to {needed}"
    )


def as_many_candidates(choices: ChoicesConfig, dataset: DatasetConfig, prompts: PromptsConfig) -> str | None:
    """Training draws as many candidates as the stored questions have."""
    if CHOICE.name not in prompts.tasks or choices.candidates == dataset.negatives + 1:
        return None
    return (
        f"choices.candidates ({choices.candidates}) isn't dataset.negatives + 1 ({dataset.negatives + 1}), "
        f"the candidates of training: set dataset.negatives to {choices.candidates - 1}"
    )


def stored_questions(choices: ChoicesConfig, prompts: PromptsConfig) -> str | None:
    """The choice task is asked about stored candidates."""
    if CHOICE.name not in prompts.tasks or choices.redraws:
        return None
    return "prompts.tasks has choice, and choices.redraws is 0, so that nothing is asked: set it to 1 or more"


def enough_candidates(evaluation: EvaluationConfig, dataset: DatasetConfig) -> str | None:
    """A top-n figure at k needs k candidates."""
    longest = max(evaluation.topn_cutoffs)
    candidates = dataset.negatives + 1
    if longest <= candidates:
        return None
    return (
        f"evaluation.topn_cutoffs cuts lists off at {longest}, but dataset.negatives ({dataset.negatives}) "
        f"makes {candidates} candidates: raise dataset.negatives to {longest - 1} or lower "
        f"evaluation.topn_cutoffs to at most {candidates}"
    )


def longest_cutoff(evaluation: EvaluationConfig, decoding: DecodingConfig) -> str | None:
    """A figure at k needs a list of k items."""
    longest = max(evaluation.sequential_cutoffs + evaluation.topn_cutoffs)
    if longest <= decoding.top:
        return None
    raised = "decoding.top" if longest <= decoding.beams else "decoding.top and decoding.beams"
    return (
        f"evaluation cuts lists off at {longest}, but decoding.top keeps {decoding.top} items: raise "
        f"{raised} to {longest}, or lower evaluation.sequential_cutoffs and evaluation.topn_cutoffs to at "
        f"most {decoding.top}"
    )


def known_baselines(evaluation: EvaluationConfig) -> str | None:
    """Each baseline that is to run has its hyper-parameters."""
    return _unknown("baselines", evaluation.baselines, RECOMMENDERS)


def known_explanation_baselines(evaluation: EvaluationConfig) -> str | None:
    """Each explanation baseline that is to run has its hyper-parameters."""
    known = tuple(str(name) for name in ExplanationBaseline)
    return _unknown("explanation_baselines", evaluation.explanation_baselines, known)


def _unknown(section: str, names: tuple[str, ...], known: tuple[str, ...]) -> str | None:
    unknown = [name for name in names if name not in known]
    if not unknown:
        return None
    return f"evaluation.{section} names {', '.join(unknown)}; section {section} has {', '.join(known)}"


def baseline_heads(evaluation: EvaluationConfig, baselines: BaselinesConfig) -> str | None:
    """The heads of a baseline that runs share its factors, in every configuration that is searched."""
    return _heads_of("baselines", baselines, evaluation.baselines, "factors")


def embeddings_heads(embeddings: EmbeddingsConfig, baselines: BaselinesConfig) -> str | None:
    """A recommender's vectors are as wide as `embeddings` says, and its heads share that width."""
    if embeddings.method in (*FACTORIZATIONS, RELEASED):
        return None
    heads = middle(getattr(baselines, embeddings.method)).get("heads", 1)
    key = f"baselines.{embeddings.method}.heads"
    return undivided("embeddings.dimensions", embeddings.dimensions, key, int(heads))


def explanation_baseline_heads(
    evaluation: EvaluationConfig, explanation_baselines: ExplanationBaselinesConfig
) -> str | None:
    """The heads of an explanation baseline that runs share its width."""
    running = evaluation.explanation_baselines
    return _heads_of("explanation_baselines", explanation_baselines, running, "width")


def _heads_of(name: str, sections: Section, running: tuple[str, ...], shared: str) -> str | None:
    """Return the first fault among all configurations of the baselines that run."""
    for one in running:
        section = getattr(sections, one, None)
        key = f"{name}.{one}"
        for width, heads in product(getattr(section, shared, ()), getattr(section, "heads", ())):
            if fault := undivided(f"{key}.{shared}", width, f"{key}.heads", heads):
                return fault
    return None


def metadata_there(evaluation: EvaluationConfig, dataset: DatasetConfig) -> str | None:
    """What learns from item attributes has some."""
    needing = [name for name in evaluation.baselines if name in NEED_METADATA]
    if not needing or dataset.metadata not in NO_METADATA:
        return None
    return (
        f"evaluation.baselines names {', '.join(needing)}, which need item metadata, and dataset.metadata "
        f"({dataset.metadata!r}) names none: name the metadata file there, or leave them out of "
        "evaluation.baselines"
    )


def sample_users(neighbours: NeighboursConfig, sample: SampleConfig, dataset: DatasetConfig) -> str | None:
    """A user of the sample has no more neighbours than it has other users."""
    others = sample.users - 1
    if dataset.raw != SAMPLE or neighbours.count <= others:
        return None
    return (
        f"neighbours.count ({neighbours.count}) is above the other users of the sample ({others}): lower it "
        f"to at most {others}"
    )


def sample_items(dataset: DatasetConfig, sample: SampleConfig) -> str | None:
    """Negatives are items outside a history, and the sample's shortest holds 5."""
    left = sample.items - SHORTEST_HISTORY
    if dataset.raw != SAMPLE or dataset.negatives <= left:
        return None
    return (
        f"dataset.negatives ({dataset.negatives}) is above {left}, the most items of the sample "
        f"(sample.items {sample.items}) outside a user's history: lower it"
    )


def sound_templates(prompts: PromptsConfig) -> str | None:
    """The wordings are there, one or more a task, each with its placeholders."""
    try:
        read_templates(Path(prompts.templates), tasks_named(prompts.tasks))
    except (ValueError, OSError) as error:
        return f"prompts.templates: {error}"
    return None


def ratings_there(embeddings: EmbeddingsConfig, dataset: DatasetConfig) -> str | None:
    """The P5 format has no ratings to factorize."""
    if embeddings.method != "pmf" or embeddings.pmf.feedback != "ratings" or not _is_p5(dataset):
        return None
    return "embeddings.pmf.feedback is ratings, but the P5 format has none: use ones"


def _is_p5(dataset: DatasetConfig) -> bool:
    return dataset.format == "p5" or (dataset.format == "auto" and Path(dataset.raw).is_dir())


def repeats_listable(decoding: DecodingConfig, dataset: DatasetConfig) -> str | None:
    """A repeated purchase held out for test has to stay in the list."""
    if not decoding.exclude_seen or dataset.duplicates != "all":
        return None
    return (
        "decoding.exclude_seen leaves out the repeats that dataset.duplicates all keeps: set "
        "decoding.exclude_seen to false, or dataset.duplicates to last"
    )


def exact_candidates(decoding: DecodingConfig) -> str | None:
    """Only what may name nothing but candidates can rank them exactly."""
    if decoding.constrained or decoding.topn_method == "beam":
        return None
    return (
        "decoding.topn_method exact ranks candidates, but decoding.constrained false answers with any text: "
        "set decoding.topn_method to beam, or decoding.constrained to true"
    )


def advised_items(evaluation: EvaluationConfig, decoding: DecodingConfig) -> str | None:
    """An assistant knows items, and no other text."""
    if decoding.constrained or not evaluation.assistants:
        return None
    return (
        f"evaluation.assistants names {', '.join(evaluation.assistants)}, who score items, but "
        "decoding.constrained false answers with any text: set decoding.constrained to true, or "
        "evaluation.assistants to []"
    )


def grounded_text(decoding: DecodingConfig) -> str | None:
    """Only what may be any text needs an item that is near to it."""
    if decoding.grounding == "none" or not decoding.constrained:
        return None
    return (
        "decoding.grounding nearest is of free text, but decoding.constrained true writes items alone: set "
        "decoding.constrained to false, or decoding.grounding to none"
    )


def answers_alone(training: TrainingConfig) -> str | None:
    """Objectives but cross-entropy know the tokens of answers, and no others."""
    method = training.objective.method
    if method == "cross_entropy" or training.samples != "histories":
        return None
    return (
        f"training.objective.method {method} is about answers, but training.samples histories learns the "
        "items of prompts, too: set training.samples to prefixes, or training.objective.method to "
        "cross_entropy"
    )


def learned_length(decoding: DecodingConfig, training: TrainingConfig) -> str | None:
    """No text may have to go on where every learned one has ended."""
    most = training.explanation_tokens
    if decoding.min_tokens < most:
        return None
    return (
        f"decoding.min_tokens ({decoding.min_tokens}) leaves no room below training.explanation_tokens "
        f"({most}, the end among them), so that texts would have to go on where every learned one ends: "
        f"lower decoding.min_tokens to at most {most - 1} or raise training.explanation_tokens"
    )


def whole_sentences(
    explanations: ExplanationsConfig,
    dataset: DatasetConfig,
    training: TrainingConfig,
    decoding: DecodingConfig,
    explanation_baselines: ExplanationBaselinesConfig,
) -> str | None:
    """The shortest sentence that is an explanation fits into what is learned and written."""
    if explanations.source == "p5" or _is_p5(dataset):
        return None  # Ready-made ones are of any length.
    fewest = explanations.min_words
    # Of tokens the last is the text's end, and a word is one or more of them.
    room = {
        "training.explanation_tokens": (training.explanation_tokens, fewest + 1),
        "decoding.max_tokens": (decoding.max_tokens, fewest + 1),
        "explanation_baselines.training.words": (explanation_baselines.training.words, fewest),
    }
    for key, (found, needed) in room.items():
        if found < needed:
            return (
                f"{key} ({found}) cuts off every explanation, which has {fewest} words or more "
                f"(explanations.min_words): raise it to at least {needed}"
            )
    return None


def whole_split(explanations: ExplanationsConfig) -> str | None:
    """Explanations are learned from, chosen by and tested on."""
    if explanations.split != "random" or min(explanations.ratio) > 0:
        return None
    return (
        f"explanations.ratio {list(explanations.ratio)} leaves one of train, validation and test without "
        "explanations: give each at least 1"
    )


def enough_resamples(evaluation: EvaluationConfig) -> str | None:
    """An interval's ends are quantiles of the resamples, and each tail holds one or more."""
    # Rounded, since 1 - 0.95 is a little more than 0.05.
    fewest = ceil(round(2 / (1 - evaluation.confidence), 6))
    if evaluation.resamples >= fewest:
        return None
    return (
        f"evaluation.resamples ({evaluation.resamples}) is too few for intervals at evaluation.confidence "
        f"{evaluation.confidence}: raise it to at least {fewest}, better to 1000 or more"
    )


COMBINATIONS: tuple[Callable[..., str | None], ...] = (
    head_width,
    causal_sizes,
    predicted_inputs,
    adapted_model,
    whole_word_rows,
    as_many_candidates,
    stored_questions,
    enough_candidates,
    longest_cutoff,
    known_baselines,
    known_explanation_baselines,
    baseline_heads,
    embeddings_heads,
    explanation_baseline_heads,
    metadata_there,
    sample_users,
    sample_items,
    room_for_words,
    sound_templates,
    ratings_there,
    repeats_listable,
    exact_candidates,
    advised_items,
    grounded_text,
    answers_alone,
    learned_length,
    whole_sentences,
    whole_split,
    enough_resamples,
)


def broken(rules: Iterable[Callable[..., str | None]], sections: Mapping[str, Any]) -> Iterator[str]:
    """Yield what rules say of sections, by name; a rule is judged where all of its sections are there."""
    for rule in rules:
        wanted = [name for name in rule.__annotations__ if name != "return"]
        fault = rule(*(sections[name] for name in wanted)) if set(wanted) <= set(sections) else None
        if fault:
            yield fault
