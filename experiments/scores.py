"""An experiment's predictions, scored by user: what experiments are compared by.

A user is the same row in all experiments of a sweep, so that two of them can be compared on the same users
even where their explanation test pairs or candidates, which depend on the seed, differ.
"""

from dataclasses import dataclass

import pyarrow.compute as pc

from experiments.runs import Run, parameter, trained_tasks
from pipeline import tables
from pipeline.evaluation.choice import choice_sums, stored_choices
from pipeline.evaluation.explanation import COPY, References, copied_sentences, text_sums
from pipeline.evaluation.held_out import HeldOut, make_held_out, numbers_by_item
from pipeline.evaluation.predictions import generated_texts
from pipeline.evaluation.recommendation import MODEL, candidate_floors, catalogue_floors, recommended
from pipeline.evaluation.schema.tasks import ExplanationMetrics
from pipeline.evaluation.sufficient_statistics import SufficientStatistics, ranking_sums
from pipeline.explanations.extraction import Extractor

FIGURES = {
    "sequential": ("HR@1", "HR@5", "NDCG@5", "HR@10", "NDCG@10"),
    "topn": ("HR@1", "HR@5", "NDCG@5", "HR@10", "NDCG@10"),
    "explanation": ("BLEU-1", "BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L", "FMR", "SA-balanced"),
}
"""What is compared, by task; figures that a run doesn't have are left out."""

POPULAR = "most_popular"

Scores = dict[str, dict[str, SufficientStatistics]]
"""Sums by user, by task and method."""


@dataclass(frozen=True)
class Wanted:
    """Which methods of a run are scored beside its model.

    Attributes:
        baselines: all that ran.
        floors: what learns nothing: number rules and, where it ran, popularity.
    """

    baselines: bool
    floors: bool


def scores(run: Run, wanted: Wanted) -> Scores:
    """Score a run's predictions; a task that it left out isn't there.

    Raises ArtifactError where an output isn't in DVC's cache, PredictionError where predictions don't fit.
    """
    train, validation, test = (
        run.table(f"data/preprocessed/{split}.parquet", tables.INTERACTIONS)
        for split in ("train", "validation", "test")
    )
    candidates = run.table("data/preprocessed/candidates.parquet", tables.CANDIDATES)
    split = make_held_out(train, validation, test, candidates)
    users = len(run.table("data/preprocessed/users.parquet", tables.USERS))
    tasks = trained_tasks(run.params)
    found: Scores = {
        task: _ranked(run, task, split, users, wanted) for task in ("sequential", "topn") if task in tasks
    }
    if "explanation" in tasks:
        found |= _explained(run, users, wanted)
    if "choice" in tasks:
        found |= _chosen(run, split, users, wanted)
    return found


def _ranked(
    run: Run, task: str, split: HeldOut, users: int, wanted: Wanted
) -> dict[str, SufficientStatistics]:
    cutoffs = tuple(run.params["evaluation"][f"{task}_cutoffs"])
    methods = _methods(run, wanted)
    predictions = {
        method: run.table(f"predictions/{method}/{task}.parquet", tables.RECOMMENDATIONS)
        for method in methods
    }
    ranks = recommended(predictions, split, cutoffs, task).ranks
    if wanted.floors:
        numbers = numbers_by_item(run.table("data/identifiers/items.parquet", tables.ITEM_IDENTIFIERS))
        of_task = {
            "sequential": lambda: catalogue_floors(split, numbers, max(cutoffs)),
            "topn": lambda: candidate_floors(split, numbers),
        }
        ranks |= of_task[task]()
    return {
        method: ranking_sums(found, cutoffs).only(FIGURES[task]).by_user(split.users, users)
        for method, found in ranks.items()
    }


def _methods(run: Run, wanted: Wanted) -> list[str]:
    ran = run.params["evaluation"]["baselines"]
    return [MODEL, *(name for name in ran if wanted.baselines or (wanted.floors and name == POPULAR))]


def _chosen(run: Run, split: HeldOut, users: int, wanted: Wanted) -> Scores:
    stored = run.table("data/choices/choices.parquet", tables.CHOICES)
    named = run.table("data/identifiers/items.parquet", tables.ITEM_IDENTIFIERS)
    choices = stored_choices(stored, named, split.users)
    if choices is None:
        return {}
    chosen = {
        method: run.table(f"predictions/{method}/choice.parquet", tables.CHOSEN)
        for method in _methods(run, wanted)
    }
    return {
        "choice": {
            method: choice_sums(table, choices, method).by_user(choices.examples.users, users)
            for method, table in chosen.items()
        }
    }


def _explained(run: Run, users: int, wanted: Wanted) -> Scores:
    # What an untrained model writes is no figure.
    if MODEL not in run.metrics(ExplanationMetrics).estimates:
        return {}
    explanations = run.table("data/explanations/explanations.parquet", tables.EXPLANATIONS)
    pairs = explanations.filter(pc.field("split") == "test")
    if not len(pairs):
        return {}
    named = parameter(run.params, "evaluation.explanation_baselines") or ()
    texts = {}
    for method in (MODEL, *(named if wanted.baselines else ())):
        path = f"predictions/{method}/explanation.parquet"
        texts[method] = generated_texts(run.table(path, tables.GENERATED), pairs, path)
    if wanted.baselines:
        texts[COPY] = copied_sentences(explanations.filter(pc.field("split") == "train"), pairs)
    references = References.of(pairs)
    extractor = Extractor()
    owners = pairs["user"].to_numpy()
    return {
        "explanation": {
            method: text_sums(written, references, extractor)
            .only(FIGURES["explanation"])
            .by_user(owners, users)
            for method, written in texts.items()
        }
    }
