"""Loss curves as a table for DVC plots, and a summary for DVC metrics."""

from pathlib import Path
from typing import Any

from torch import nn

from pipeline.artifacts import write_json, write_text
from pipeline.training.material import Material
from pipeline.training.progress import Curves


def write_metrics(folder: Path, curves: Curves, summary: dict[str, Any]) -> None:
    """Write curves.csv, `epoch,task,split,loss` with losses in nats a target token, and training.json."""
    lines = [f"{epoch},{task},{split},{loss:.6f}" for epoch, task, split, loss in curves.rows]
    write_text(folder / "curves.csv", "\n".join(["epoch,task,split,loss", *lines]) + "\n")
    write_json(folder / "training.json", summary)


def training_summary(curves: Curves, model: nn.Module, material: Material, cut: float) -> dict[str, Any]:
    """Return what `metrics/training.json` says; `cut`: share of explanations learned without their end."""
    best = {
        task: round(loss, 6)
        for epoch, task, split, loss in curves.rows
        if epoch == curves.best_epoch and split == "validation"
    }
    return {
        "best_epoch": curves.best_epoch,
        "explanations_cut": round(cut, 6),
        "epochs": max(epoch for epoch, *_ in curves.rows),
        "steps_per_epoch": material.steps.steps_per_epoch,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "tasks": [task for task in best if task != "mean"],
        "validation_loss": best,
        "marginal_loss": {str(task): round(loss, 6) for task, loss in material.marginal.items()},
    }
