"""`metrics/summary.json`: the few figures that runs are compared by, in tables that fit a terminal."""

from collections.abc import Mapping
from typing import Any

from pipeline.evaluation.recommendation import MODEL

EXPLAINED_BY = ("BLEU-4", "ROUGE-L", "USR", "FMR")


def summary(documents: Mapping[str, Any], training: Mapping[str, Any]) -> dict[str, float]:
    """Return the model's figures, one number each.

    `seq_` and `topn_` stand before HR@k and NDCG@k at the task's longest cutoff; then the figures of the
    explanations, where there are any. `loss` is the validation loss in nats per token, the mean over tasks.

    Args:
        documents: `metrics/{sequential,topn,explanation}.json` by name.
        training: `metrics/training.json`.
    """
    found = {"loss": training["validation_loss"]["mean"]}
    for task, prefix in (("sequential", "seq"), ("topn", "topn")):
        figures = documents[task][MODEL]
        k = max(int(name.split("@")[1]) for name in figures)
        found |= {f"{prefix}_{name}@{k}": figures[f"{name}@{k}"]["value"] for name in ("HR", "NDCG")}
    explained = documents["explanation"].get(MODEL, {})
    return found | {name: explained[name]["value"] for name in EXPLAINED_BY if name in explained}
