from dataclasses import replace
from pathlib import Path

import pytest
from dvc.repo import Repo
from torch import nn

from pipeline.artifacts import read_json
from pipeline.tasks.topn import TOPN
from pipeline.training.choice import Standing
from pipeline.training.curves import LiveCurves, training_summary, write_metrics
from pipeline.training.material import Material
from pipeline.training.progress import Curves, Point
from tests.tiny import SENTENCES, scratch_tokenizer
from tests.training.test_loop import Repeated, config
from tests.training.test_samples import inputs

POINTS = [
    Point(1, "topn", "train", "loss", 3.0),
    Point(1, "topn", "validation", "loss", 2.5),
    Point(1, "mean", "validation", "loss", 2.5),
    Point(1, "topn", "validation", "NDCG@10", 0.125),
    Point(1, "mean", "validation", "geometric mean", 0.125),
]
WORSE = [point._replace(epoch=2, value=2 * point.value) for point in POINTS]


def curves(points: list[Point]) -> Curves:
    return Curves(points, 1, Standing(0.125, -2.5))


def test_curves_and_summary(tmp_path: Path) -> None:
    write_metrics(tmp_path, curves(POINTS), {"epochs": 1})
    assert read_json(tmp_path / "training.json") == {"epochs": 1}
    assert (tmp_path / "curves.csv").read_text().splitlines() == [
        "epoch,task,split,metric,value",
        "1,topn,train,loss,3.000000",
        "1,topn,validation,loss,2.500000",
        "1,mean,validation,loss,2.500000",
        "1,topn,validation,NDCG@10,0.125000",
        "1,mean,validation,geometric mean,0.125000",
    ]
    material = Material(Repeated(), {}, {TOPN: 2.75})
    settings = config(choose_by="metrics", explanation_tokens=2)
    # Of two tokens the second is the end: nothing but the empty text is whole.
    explained = replace(inputs(), texts=["", *SENTENCES[:3]])
    found = training_summary(
        curves(POINTS + WORSE), nn.Linear(2, 3), material, settings, scratch_tokenizer(), explained
    )
    assert found == {
        "best_epoch": 1,
        "chosen_by": "metrics",
        "explanations_cut": 0.75,
        "epochs": 2,
        "steps_per_epoch": 6,
        "parameters": 9,
        "tasks": ["topn"],
        "validation_loss": {"topn": 2.5, "mean": 2.5},
        "validation_metrics": {"topn": {"NDCG@10": 0.125}, "mean": {"geometric mean": 0.125}},
        "marginal_loss": {"topn": 2.75},
    }


def test_dvc_shows_a_running_training_and_forgets_it_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    repo = Repo.init(no_scm=True)
    live = LiveCurves(tmp_path / "metrics/live")
    live.show(curves([]))
    assert not (tmp_path / "metrics").exists()
    live.show(curves(POINTS + WORSE))
    found = repo.metrics.show()[""]["data"]["metrics/live/training.json"]["data"]
    assert found["epoch"] == 2
    assert found["best_epoch"] == 1
    assert found["validation_metrics"]["topn"] == {"NDCG@10": 0.125}
    (plot,) = repo.plots.show()["workspace"]["definitions"]["data"].values()
    assert plot["data"] == {"metrics/live/curves.csv": {"template": "curves", "x": "epoch", "y": "value"}}
    live.clear()
    repo._reset()
    assert repo.metrics.show() == {"": {"data": {}}}
    repo.close()
