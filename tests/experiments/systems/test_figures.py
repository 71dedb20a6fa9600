"""Figures are looked up: one that changes where it is stored changes in the text."""

import json
from pathlib import Path

import pytest

from experiments.presets import HERE
from experiments.systems.figures import on_real_data, our_figure, published_figure
from experiments.systems.registry import Figure, Published, System
from pipeline.evaluation.schema.asked import AskedMetrics
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.schema.document import DocumentError
from pipeline.params import ParamsError

RESULTS = HERE / "results"


def changed(folder: Path, name: str, *keys: str, value: float) -> Path:
    document = json.loads((RESULTS / name).read_text(encoding="utf-8"))
    place = document
    for key in keys:
        place = place[key]
    place["NDCG@10"] |= {"value": value, "low": value - 0.01, "high": value + 0.01}
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_a_preset_s_figure_with_its_interval(tmp_path: Path) -> None:
    folder = changed(tmp_path, "p5-beauty.json", "sequential", "peapod", value=0.25)
    parameters = json.loads((RESULTS / "p5-beauty.json").read_text(encoding="utf-8"))["training"][
        "parameters"
    ]
    wanted = f"NDCG@10 0.2500 [0.2400, 0.2600]; {parameters:,} parameters; "
    wanted += "P5 Beauty, five epochs at width 64; preset p5-beauty"
    assert our_figure(Figure(result="p5-beauty", method="peapod"), folder) == wanted
    # A baseline doesn't have the model's parameters.
    assert "parameters" not in our_figure(Figure(result="p5-beauty", method="bpr"), folder)


def test_a_sweep_s_figure_beside_the_same_without_it(tmp_path: Path) -> None:
    place = ("rq1 p5-beauty", "tasks", "sequential", "pod-task-prompt-alone")
    folder = changed(tmp_path, "sweeps.json", *place, value=0.25)
    figure = Figure(sweep=place[0], method=place[3], beside="p5-discrete-prompt-alone")
    text = our_figure(figure, folder)
    assert text.startswith("NDCG@10 0.2500 [0.2400, 0.2600]; without it 0.0032 [")
    assert text.endswith(" parameters; P5 Beauty, five epochs at width 64, 5 epochs; sweep rq1 p5-beauty")


def test_the_paired_difference_and_the_seconds_of_both(tmp_path: Path) -> None:
    document = json.loads((RESULTS / "sweeps.json").read_text(encoding="utf-8"))
    found = document["leakage musical-instruments"]
    for place, seconds in enumerate((100.0, 130.0)):
        found["training"][place] = [*found["training"][place][:5], seconds]
    task = found["tasks"]["sequential"]
    base = task["random-numbers"]["NDCG@10"]["value"]
    value = task["sequential-numbers"]["NDCG@10"]["value"]
    (tmp_path / "sweeps.json").write_text(json.dumps(document), encoding="utf-8")
    figure = Figure(sweep="leakage musical-instruments", method="sequential-numbers", beside="random-numbers")
    text = our_figure(figure, tmp_path)
    assert f"; difference {value - base:+.4f} [" in text
    assert "; trained in 130 s (100 s); " in text
    # Beside what it wasn't compared with there is no paired interval.
    other = Figure(sweep=figure.sweep, method="sequential-numbers", beside="train-order-numbers")
    assert "difference" not in our_figure(other, tmp_path)


def test_an_audits_figure(tmp_path: Path) -> None:
    document = json.loads((RESULTS / "sweeps.json").read_text(encoding="utf-8"))
    estimates = {"MGU@10 popularity": {"value": 0.25, "low": 0.2, "high": 0.3}}
    document["leakage musical-instruments"]["audits"] = {"item_groups": {"random-numbers": estimates}}
    (tmp_path / "sweeps.json").write_text(json.dumps(document), encoding="utf-8")
    place = {
        "sweep": "leakage musical-instruments",
        "method": "random-numbers",
        "metric": "MGU@10 popularity",
    }
    found = our_figure(Figure(audit="item_groups", **place), tmp_path)
    assert found.startswith("MGU@10 popularity 0.2500 [0.2000, 0.3000]; ")
    with pytest.raises(ParamsError, match="has the audits item_groups"):
        our_figure(Figure(audit="magic", **place), tmp_path)


def test_an_audits_figure_of_a_preset_beside_the_model_alone() -> None:
    place = {"result": "musical-instruments-taught", "audit": "item_groups", "metric": "MGU@10 popularity"}
    found = our_figure(Figure(method="peapod_cooccurrence", beside="peapod", **place))
    stored = AuditMetrics.read(RESULTS / "audits/musical-instruments-taught-item_groups.json").estimates
    values = [stored[one][place["metric"]].value for one in ("peapod_cooccurrence", "peapod")]
    assert found.startswith(f"MGU@10 popularity {values[0]:.4f} [")
    assert f"; without it {values[1]:.4f} [" in found


def test_what_a_language_model_was_asked(tmp_path: Path) -> None:
    gap = {"HR@1": {"value": -0.1, "low": -0.3, "high": 0.05}}
    (tmp_path / "asked").mkdir()
    AskedMetrics.parse(
        {
            "title": "a few films",
            "model": "small.gguf",
            "tests": 9,
            "seconds": {"point": 12.4},
            "base": "list",
            "list": {"HR@1": {"value": 0.1}},
            "point": {"HR@1": {"value": 0.2}},
            "difference_to_point": gap,
        },
        "here",
    ).write(tmp_path / "asked/films.json")
    figure = Figure(asked="films", method="point", beside="list", metric="HR@1")
    wanted = (
        "HR@1 0.2000; without it 0.1000; difference +0.1000 [-0.0500, +0.3000]; 12 s; "
        "small.gguf asked about 9 users of a few films"
    )
    assert our_figure(figure, tmp_path) == wanted
    assert on_real_data(figure, tmp_path)


def test_the_bundled_sample_is_not_real_data() -> None:
    assert on_real_data(Figure(sweep="leakage musical-instruments", method="random-numbers"))
    assert on_real_data(Figure(result="p5-beauty", method="peapod"))
    assert not on_real_data(Figure(sweep="objectives params.yaml", method="cross-entropy"))


def test_what_is_not_stored() -> None:
    with pytest.raises(DocumentError, match="no method 'magic'"):
        our_figure(Figure(result="p5-beauty", method="magic"))
    with pytest.raises(DocumentError, match="no 'HR@99'"):
        our_figure(Figure(result="p5-beauty", method="peapod", metric="HR@99"))
    with pytest.raises(ParamsError, match="no sweep 'magic' is stored"):
        our_figure(Figure(sweep="magic", method="peapod"))


def system(published: Published | None) -> System:
    return System(what="a", needs="b", verdict="build", published=published)


def test_published_figures() -> None:
    # Table 3 of the paper, by eye.
    wanted = "NDCG@10 0.0176, P5 Beauty (the PeaPOD paper, table 3)"
    assert published_figure(system(Published(method="Caser"))) == wanted
    told = Published(figure="R@5 .1", data="Games", source="a slide")
    assert published_figure(system(told)) == "R@5 .1, Games (a slide)"
    assert published_figure(system(None)) == ""
    with pytest.raises(ParamsError, match="no method 'Magic'"):
        published_figure(system(Published(method="Magic")))
