"""An explanation baseline trained on one split's explanations and asked about another's."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import torch

from pipeline.data.splits import SPLITS
from pipeline.explainers.base import Explainer, Make, write_greedily
from pipeline.explainers.config import ExplanationBaseline, ExplanationBaselinesConfig
from pipeline.explainers.records import ExplanationRecords, cut_share, read_records
from pipeline.explainers.training import Trained, train_explainer
from pipeline.explainers.words import WordVocabulary
from pipeline.randomness import generator, seed_torch
from pipeline.recommenders.hyperparameters import Settings, configurations
from pipeline.runtime.progress_bar import watched


def explain_test(
    name: ExplanationBaseline,
    make: Make,
    explanations: pa.Table,
    users: int,
    items: int,
    config: ExplanationBaselinesConfig,
    seed: int,
    device: torch.device,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Train on the train split of EXPLANATIONS, the best by validation loss, and explain its test split.

    Returns the columns of GENERATED, in the order of the test split, and the record of the search. Without
    test pairs nothing is trained; raises ValueError when there are test pairs, but none to train on or to
    choose by.
    """
    parts = {part: explanations.filter(pc.field("split") == part) for part in SPLITS}
    if not len(parts["test"]):
        return {"user": [], "item": [], "text": [], "score": []}, {"name": name, "pairs": 0}
    for part in ("train", "validation"):
        if not len(parts[part]):
            raise ValueError(f"{name}: the explanation task has test pairs but no {part} pairs")
    training = config.training
    vocabulary = WordVocabulary.of(parts["train"]["explanation"].to_pylist(), training.vocabulary)
    records = {
        part: read_records(table, vocabulary, training.words).to(device) for part, table in parts.items()
    }

    def trained(settings: Settings) -> Trained:
        sizes = dict(settings)
        rate = float(sizes.pop("learning_rate"))
        seed_torch(seed, "baseline", name)
        explainer = make(users, items, len(vocabulary), **sizes).to(device)
        shuffles = generator(seed, "baseline", name, "shuffles")
        return train_explainer(explainer, records["train"], records["validation"], training, rate, shuffles)

    grid = configurations(getattr(config, name), training.budget, generator(seed, "baseline", name, "search"))
    tried = [(settings, trained(settings)) for settings in watched(grid, "search", "configurations")]
    place = min(range(len(tried)), key=lambda place: tried[place][1].loss)
    best = tried[place][1]
    columns = {"user": parts["test"]["user"], "item": parts["test"]["item"]}
    columns |= _written(best.explainer, records["test"], vocabulary, training.words, training.batch_size)
    cut = cut_share(parts["train"]["explanation"].to_pylist(), vocabulary, training.words)
    return columns, _record(name, tried, place) | {"explanations_cut": round(cut, 6)}


def _written(
    explainer: Explainer, pairs: ExplanationRecords, vocabulary: WordVocabulary, longest: int, batch_size: int
) -> dict[str, list[Any]]:
    texts: list[str] = []
    scores: list[float] = []
    for start in range(0, len(pairs), batch_size):
        words, likelihoods = write_greedily(explainer, pairs.rows(slice(start, start + batch_size)), longest)
        texts += [vocabulary.decode(row) for row in words.tolist()]
        scores += likelihoods.tolist()
    return {"text": texts, "score": scores}


def _record(name: str, tried: list[tuple[Settings, Trained]], place: int) -> dict[str, Any]:
    trials = [
        {"settings": settings, "best_epoch": one.best_epoch, "loss": round(one.loss, 6)}
        for settings, one in tried
    ]
    return {
        "name": name,
        "parameters": sum(part.numel() for part in tried[place][1].explainer.parameters()),
        "tried": trials,
        "validation": trials[place],
    }
