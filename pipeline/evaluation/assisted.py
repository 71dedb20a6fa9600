"""The model with an assistant beside its two parts, each of which is a method of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.artifacts import read_json
from pipeline.evaluation.config import EvaluationConfig, assisted_name
from pipeline.evaluation.estimates import ranking_figures
from pipeline.evaluation.schema.document import MODEL
from pipeline.evaluation.schema.tasks import AssistedMetrics

NARROWED = "peapod_sequential"
"""The model's sequential answers, of the candidates alone, as a method of the top-n task."""


@dataclass(frozen=True)
class Assisted:
    """An assisted method.

    Attributes:
        method: its name.
        file: its predictions of the task, below predictions/, without ending.
        parts: the methods that it consists of: the model's, and the assistant.
        weight: of the model.
    """

    method: str
    file: str
    parts: tuple[str, str]
    weight: float


def assisted_methods(folder: Path, names: Sequence[str], task: str) -> list[Assisted]:
    """Return the assisted methods of one task: those of top-n are two per assistant, as the model's are.

    What validation chose is read below the folder of predictions.
    """
    found = []
    for name in names:
        method = assisted_name(name)
        weights = read_json(folder / method / "assistant.json")["weight"]
        found.append(Assisted(method, f"{method}/{task}", (MODEL, name), weights[task]))
        if task == "topn":
            parts = (NARROWED, name)
            file = f"{method}/topn_sequential"
            found.append(Assisted(f"{method}_sequential", file, parts, weights["sequential"]))
    return found


def assisted_metrics(
    methods: Sequence[Assisted],
    ranks: Mapping[str, np.ndarray],
    cutoffs: tuple[int, ...],
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, AssistedMetrics]:
    """Return by how much each method is better than its parts; `ranks` [N] are by method, `rng` resamples."""
    found = {}
    for one in methods:
        compared = {method: ranks[method] for method in (one.method, *one.parts)}
        _, gaps = ranking_figures(compared, cutoffs, config, rng, model=one.method, compared=one.parts)
        found[one.method] = AssistedMetrics(weight=one.weight, differences=gaps)
    return found
