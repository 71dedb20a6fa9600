import pytest

from pipeline.artifacts import write_json
from pipeline.evaluation.schema.document import DocumentError
from pipeline.evaluation.schema.sweeps import SweepResult
from pipeline.report.sweeps import sweep_plots
from stages.report import main as report
from tests.report.pages import Page
from tests.report.test_page import build

FIGURE = {"value": 0.05, "low": 0.04, "high": 0.06}
GAP = {"value": 0.02, "low": 0.01, "high": 0.03, "p": 0.001, "p_adjusted": 0.002}


def plain(**changes):
    sequential = {
        "columns": ["HR@10", "NDCG@10"],
        "methods": [
            ["4", "4 heads", ""],
            ["1", "1 head", ""],
            ["16", "16 heads", ""],
            ["x", "no figure", ""],
        ],
        "4": {"NDCG@10": FIGURE},
        "1": {"NDCG@10": FIGURE | {"value": 0.03, "low": 0.02, "high": 0.04}},
        "16": {"NDCG@10": FIGURE},
        "x": {},
        "difference_to_1": {"NDCG@10": GAP},
        "difference_to_16": {"NDCG@10": GAP | {"low": -0.01, "p_adjusted": 0.9}},
        "comparisons": 2,
        "users": 10,
        "primary": "NDCG@10",
    }
    sweep = {
        "title": "RQ5: heads <of> attention",
        "description": "What it is.",
        "data": "Somewhere",
        "seeds": [42, 43],
        "commits": ["abc1234"],
        "table_2": {"users": 22363, "items": 12101, "reviews": 198502, "density_percent": 0.07},
        "command": "python -m experiments rq5",
        "resamples": 1000,
        "base": "4 heads",
        "baselines": False,
        "floors": False,
        "published": None,
        "tasks": {"sequential": sequential},
    }
    return sweep | changes


def sweeps(**changes):
    return {"rq5 own": SweepResult.parse(plain(**changes), "sweeps.json: rq5 own")}


def test_the_base_first_and_what_was_told_apart():
    (found,) = sweep_plots(sweeps())
    assert found.title == "RQ5: heads <of> attention — Somewhere"
    assert found.facts == "Mean of seeds 42, 43; code of abc1234."
    (plot,) = found.plots
    assert [row.label for row in plot.forest.rows] == ["4 heads", "1 head", "16 heads"]
    assert plot.forest.metric == "NDCG@10"
    assert plot.sentence == (
        "NDCG@10: 4 heads is better than 1 head. Not told apart from 4 heads: 16 heads. "
        "(2 comparisons, Holm.)"
    )


def test_what_stands_beside_a_variant_was_compared_with_that_variant():
    changed = plain()
    sequential = changed["tasks"]["sequential"]
    sequential["methods"].append(["1 floor", "Rule (1 head)", ""])
    sequential |= {"1 floor": {"NDCG@10": FIGURE}, "difference_to_1 floor": {"NDCG@10": GAP}}
    (found,) = sweep_plots(sweeps(**changed))
    assert "4 heads is better than 1 head. " in found.plots[0].sentence
    assert "1 head is better than Rule (1 head)." in found.plots[0].sentence


def test_who_writes_one_sentence_for_all_is_told_beside_the_verdict():
    changed = plain()
    sequential = changed["tasks"]["sequential"]
    sequential["1"]["USR"] = {"value": 0.01}
    sequential["16"]["USR"] = {"value": 0.5}
    (found,) = sweep_plots(sweeps(**changed))
    warning = "1 head writes nearly one sentence for all (USR 0.0100)"
    assert f"(2 comparisons, Holm.) {warning}" in found.plots[0].sentence
    assert found.plots[0].sentence.count("one sentence for all") == 1


def test_the_same_sweep_of_two_presets_has_two_headings_in_order():
    both = sweeps(data="Second") | {"rq5 another": sweeps(data="First")["rq5 own"]}
    found = sweep_plots(both)
    assert [one.title.split(" — ")[1] for one in found] == ["First", "Second"]


def test_variants_that_have_not_run_are_named():
    (found,) = sweep_plots(sweeps(missing=["1 head", "2 heads"]))
    assert found.facts.endswith("Not run yet: 1 head; 2 heads.")


def test_how_many_items_the_lists_hold():
    variants = [["4 heads", {"coverage@10": {"value": 0.25}}], ["1 head", {"coverage@10": {"value": 1.0}}]]
    (found,) = sweep_plots(sweeps(lists={"columns": ["coverage@10"], "variants": variants}))
    assert found.facts.endswith("abc1234. The sequential lists of 4 heads hold 3,025 of 12,101 items.")
    with pytest.raises(DocumentError, match=r"rq5 own: 1 fault\(s\)\n  lists: .*4 heads has no gini@10"):
        sweeps(lists={"columns": ["gini@10"], "variants": variants})


def test_published_figures_where_the_dataset_is_the_papers():
    (found,) = sweep_plots(sweeps(published="sizes"))
    assert [row.label for row in found.plots[0].forest.rows][-1] == "PeaPOD-PMF (base), published"


def test_a_field_that_lacks_is_named():
    with pytest.raises(DocumentError, match=r"rq5 own: 4 fault\(s\)\n  table_2.density_percent: m"):
        sweeps(table_2={})


def test_the_page_shows_them_escaped_and_only_where_there_are_any(tmp_path):
    assert "questions" not in build(tmp_path)
    write_json(tmp_path / "sweeps.json", {"rq5 own": plain()})
    report(root=tmp_path)
    page = Page((tmp_path / "report/index.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert "The paper’s questions" in page.text
    assert "RQ5: heads <of> attention" in page.text
    described = (
        "RQ5: heads <of> attention — Somewhere, Sequential, NDCG@10 by method: 4 heads 0.0500; 1 head 0.0300"
    )
    assert any(label.startswith(described) for label in page.labels)
    assert {"href": "#questions"} in page.named("a")
