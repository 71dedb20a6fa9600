"""Curves as a table for DVC plots, and a summary for DVC metrics: at the end, and while a run goes on."""

import shutil
from pathlib import Path
from typing import Any

from torch import nn

from pipeline.artifacts import write_json, write_text
from pipeline.prompts.batch_maker import share_cut
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.tasks.dataset import Dataset
from pipeline.training.config import TrainingConfig
from pipeline.training.material import Material
from pipeline.training.progress import Curves

CURVES = "curves.csv"
SUMMARY = "training.json"
_LIVE_PLOTS = f"""\
# Written while training runs and removed when it ends: `dvc plots show`, `dvc exp show` and editors see it.
metrics:
  - {SUMMARY}
plots:
  - {CURVES}:
      template: curves
      x: epoch
      y: value
"""


class LiveCurves:
    """The curves of a run that goes on, in a folder that DVC looks into, though no stage's output."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which only a running or a killed training has."""
        self._folder = folder

    def show(self, curves: Curves) -> None:
        """Write the curves so far; those of a former run go."""
        self.clear()
        if curves.points:
            self._folder.mkdir(parents=True)
            write_metrics(self._folder, curves, {"epoch": curves.points[-1].epoch, **_of_best(curves)})
            write_text(self._folder / "dvc.yaml", _LIVE_PLOTS)

    def clear(self) -> None:
        """Remove them: the run is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)


def write_metrics(folder: Path, curves: Curves, summary: dict[str, Any]) -> None:
    """Write curves.csv, losses in nats per target token, and training.json."""
    lines = [",".join(map(str, (*point[:4], f"{point.value:.6f}"))) for point in curves.points]
    write_text(folder / CURVES, "\n".join(["epoch,task,split,metric,value", *lines]) + "\n")
    write_json(folder / SUMMARY, summary)


def training_summary(
    curves: Curves,
    model: nn.Module,
    material: Material,
    config: TrainingConfig,
    tokenizer: PromptTokenizer,
    dataset: Dataset,
) -> dict[str, Any]:
    """Return what `metrics/training.json` says, also what share of explanations has no end."""
    best = _of_best(curves)
    cut = share_cut(tokenizer, dataset.texts, config.explanation_tokens)
    return {
        **best,
        "chosen_by": config.choose_by,
        "explanations_cut": round(cut, 6),
        "epochs": curves.points[-1].epoch,
        "steps_per_epoch": material.steps.steps_per_epoch,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "tasks": [task for task in best["validation_loss"] if task != "mean"],
        "marginal_loss": {str(task): round(loss, 6) for task, loss in material.marginal.items()},
    }


def _of_best(curves: Curves) -> dict[str, Any]:
    """The best epoch, and its validation losses and metrics by task."""
    losses: dict[str, float] = {}
    metrics: dict[str, dict[str, float]] = {}
    for point in curves.points:
        if point.epoch != curves.best_epoch or point.split != "validation":
            continue
        if point.metric == "loss":
            losses[point.task] = round(point.value, 6)
        else:
            metrics[point.task] = {point.metric: round(point.value, 6)}
    return {"best_epoch": curves.best_epoch, "validation_loss": losses, "validation_metrics": metrics}
