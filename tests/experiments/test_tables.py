from typing import Any

from experiments.tables import sweep_section as typed_section
from pipeline.evaluation.schema.sweeps import SweepResult

HR = {"value": 0.05, "low": 0.04, "high": 0.06}
HALF = {"value": 0.025, "low": 0.02, "high": 0.03}
GAP = {"value": -0.025, "low": -0.03, "high": -0.02, "p": 0.0001, "p_adjusted": 0.0004}
UNCLEAR = {"value": 0.0, "low": -0.01, "high": 0.01, "p": 0.9, "p_adjusted": 1.0}


def document(**changes: Any) -> dict[str, Any]:
    sequential = {
        "columns": ["HR@5"],
        "methods": [["random", "random numbers", ""], ["published", "published numbers", ""]],
        "random": {"HR@5": HALF},
        "published": {"HR@5": HR | {"by_seed": [0.04, 0.06]}},
        "difference_to_published": {"HR@5": GAP},
        "comparisons": 1,
        "primary": "HR@5",
        "users": 1234,
    }
    return {
        "title": "Leakage",
        "description": "What it is.",
        "command": "python -m experiments leakage --raw PATH --seeds 42",
        "data": "Somewhere",
        "table_2": {"users": 22363, "items": 12101, "reviews": 198502, "density_percent": 0.07},
        "seeds": [42, 43],
        "resamples": 10_000,
        "base": "random numbers",
        "missing": ["collaborative numbers"],
        "commits": ["abc1234"],
        "baselines": False,
        "floors": False,
        "published": None,
        "tasks": {"sequential": sequential},
    } | changes


def sweep_section(values: dict[str, Any]) -> str:
    return typed_section(SweepResult.parse(values, "sweeps.json"))


def test_figures_spread_and_tested_differences_by_hand() -> None:
    text = sweep_section(document())
    command = "    python -m experiments leakage --raw PATH --seeds 42"
    assert text.startswith(f"### Leakage — Somewhere\n\n{command}\n\nWhat it is.")
    assert "Seeds 42, 43; code of abc1234." in text
    assert "Seed 42; code of abc1234." in sweep_section(document(seeds=[42]))
    assert "Not run yet: collaborative numbers." in text
    assert "| Sequential (1,234 users) | HR@5 |" in text
    assert "| random numbers | 0.0250 [0.0200, 0.0300] |" in text
    assert "| published numbers | 0.0500 [0.0400, 0.0600] ± 0.0141 |" in text
    assert "| published numbers | **-0.0250 [-0.0300, -0.0200] p < 0.001** |" in text
    assert "HR@5 alone is tested: p is two-sided and adjusted (Holm) for the 1 comparisons of this" in text
    assert "10,000 resamples can't give a smaller p than 0.0002." in text
    assert "What each gave" not in text


def test_leakage_says_how_much_of_a_figure_the_numbering_gave() -> None:
    text = sweep_section(document(floors=True))
    assert "| What each gave beyond random numbers (share of the figure) | HR@5 |" in text
    assert "| published numbers | +0.0250 [0.0200, 0.0300] (50 %) |" in text
    explained = document(floors=True)
    explained["tasks"] = {"explanation": explained["tasks"]["sequential"]}
    assert "What each gave" not in sweep_section(explained)
    same = document(floors=True)
    same["tasks"]["sequential"]["difference_to_published"] = {"HR@5": UNCLEAR}
    assert "| published numbers | +0.0000 [-0.0100, 0.0100] (0 %) |" in sweep_section(same)


def test_a_floor_is_taken_from_its_own_variant() -> None:
    changed = document(floors=True)
    sequential = changed["tasks"]["sequential"]
    sequential["methods"].append(["published floor", "Rule (published numbers)", ""])
    sequential |= {"published floor": {"HR@5": HALF}, "difference_to_published floor": {"HR@5": GAP}}
    text = sweep_section(changed)
    own = text.split("| published numbers minus … |")[1]
    assert "| Rule (published numbers) | **-0.0250" in own.split("\n\n")[0]
    assert "Rule" not in text.split("| random numbers minus … |")[1].split("\n\n")[0]


def test_unclear_differences_and_figures_that_lack() -> None:
    changed = document()
    changed["tasks"]["sequential"]["difference_to_published"] = {"HR@5": UNCLEAR}
    changed["tasks"]["sequential"]["published"] = {}
    text = sweep_section(changed)
    assert "| published numbers | – |" in text
    assert "| published numbers | +0.0000 [-0.0100, +0.0100] p = 1.000 |" in text


def test_a_figure_that_is_not_tested_has_no_p() -> None:
    changed = document()
    changed["tasks"]["sequential"]["difference_to_published"] = {
        "HR@5": {key: value for key, value in GAP.items() if "p" not in key}
    }
    assert "| published numbers | -0.0250 [-0.0300, -0.0200] |" in sweep_section(changed)


def test_published_figures_stand_beside_where_the_dataset_is_the_papers() -> None:
    text = sweep_section(document(published="main", baselines=True))
    assert "| *SASRec, published (table 3)* | 0.0387 |" in text
    assert "| *PeaPOD-PMF, published (table 3)* | 0.0718 |" in text
    assert "IDGenRec: makes its ids from item titles" in text
    toys = {"users": 19412, "items": 11924, "reviews": 167597, "density_percent": 0.07}
    doubted = sweep_section(document(published="main", table_2=toys))
    assert "| *P5, published (table 3)* | 0.0460 † |" in doubted
    assert "† P5: NDCG@5 0.0567 stands above HR@5 0.0460, which cannot be" in doubted
    sizes = sweep_section(document(published="sizes", table_2=toys))
    assert "PeaPOD-PMF (base), published (table 6)" in sizes
    assert "†" not in sizes
    own = sweep_section(document(published="main", table_2=toys | {"users": 5}))
    assert "published (table" not in own


def test_choices_stand_beside_what_llaras_authors_published() -> None:
    names = ["HR@1", "HR@1_title", "ValidRatio_title", "HR@1_within", "ValidRatio_within"]
    choice = {
        "columns": names,
        "methods": [["paper", "paper", ""], ["direct", "direct", ""]],
        "paper": dict.fromkeys(names, HR),
        "direct": dict.fromkeys(names, HALF),
        "difference_to_direct": dict.fromkeys(names, GAP),
        "comparisons": 1,
        "primary": "HR@1",
        "users": 122,
    }
    lastfm = {"users": 1220, "items": 4606, "reviews": 73000, "density_percent": 1.0}
    text = sweep_section(document(tasks={"choice": choice}, table_2=lastfm))
    assert "| Choice among titles (122 tests) | HR@1 | HR@1_title | ValidRatio_title |" in text
    assert "| *LLaRA(SASRec), published* | – | – | – | 0.4508 | 1.0000 |" in text
    assert "| *SASRec, published* | – | – | – | 0.2233 | 1.0000 |" in text
    assert "the rule of LLaRA's authors (`_within`)" in text
    own = sweep_section(document(tasks={"choice": choice}))
    assert "published*" not in own


def test_a_method_that_ran_is_not_called_one_that_did_not() -> None:
    assert "Not run: FDSA: needs item metadata" in sweep_section(document(baselines=True))
    changed = document(baselines=True)
    sequential = changed["tasks"]["sequential"]
    sequential["methods"].append(["random fdsa", "FDSA", ""])
    sequential["random fdsa"] = {"HR@5": HALF}
    text = sweep_section(changed)
    assert "Not run: S³-Rec: needs item metadata" in text
    assert "FDSA:" not in text


def test_texts_that_are_alike_are_told_below_their_table() -> None:
    explained = {
        "columns": ["ROUGE-L"],
        "untested": ["USR", "DIV"],
        "methods": [["random", "random numbers", ""], ["random nrt", "NRT", ""]],
        "random": {"ROUGE-L": HR, "USR": {"value": 0.02, "by_seed": [0.01, 0.03]}, "DIV": {"value": 1.0}},
        "random nrt": {"ROUGE-L": HALF, "USR": {"value": 0.24}, "DIV": {"value": 0.35}},
        "difference_to_random nrt": {"ROUGE-L": GAP},
        "comparisons": 1,
        "primary": "HR@5",
        "users": 12,
    }
    text = sweep_section(document(tasks={"explanation": explained}))
    assert "| Explanation (12 users) | ROUGE-L | USR | DIV |" in text
    assert "| NRT | 0.03 [0.02, 0.03] | 0.2400 | 0.3500 |" in text
    assert "| random numbers | 0.05 [0.04, 0.06] | 0.0200 ± 0.0141 | 1.0000 |" in text
    assert "USR, DIV: of all texts together, not tested." in text
    assert "random numbers writes nearly one sentence for all (USR 0.0200): closeness" in text
    assert "NRT writes" not in text
    assert "| random numbers minus … | ROUGE-L |\n" in text


def test_what_the_lists_of_every_variant_hold() -> None:
    columns = ["coverage@10", "popularity_ratio@10"]
    lists = {
        "columns": columns,
        "variants": [
            ["random numbers", {columns[0]: {"value": 0.5}, columns[1]: {"value": 2.5}}],
            ["published numbers", {columns[0]: {"value": 0.25}, columns[1]: {"value": 3.0}}],
        ],
    }
    text = sweep_section(document(lists=lists))
    assert "The sequential lists of random numbers hold 6,050 of 12,101 items." in text
    assert "| What the sequential lists hold | coverage@10 | popularity_ratio@10 |" in text
    assert "| random numbers | 0.5000 | 2.50 |\n| published numbers | 0.2500 | 3.00 |" in text
    assert "lists" not in sweep_section(document())


def test_what_accuracy_does_not_say_stands_below_a_table_of_baselines() -> None:
    spread = {"coverage@10": {"value": 0.5}}
    popularity = {"novelty@10": HR}
    group = {"from": 4, "to": 4, "users": 7, "methods": {"peapod": {"HR@10": HR}, "ease": {"HR@10": HALF}}}
    kinds = {"activity": {"low": group}, "popularity": {"low": group}}
    beyond = {
        "baselines": ["ease"],
        "spread": {"peapod": spread, "ease": spread},
        "popularity": {"peapod": popularity, "ease": popularity},
        "own_popularity": {"value": 3.0},
        "groups": {"sequential": kinds, "topn": kinds},
    }
    text = sweep_section(document(beyond=beyond))
    below = text.split("#### random numbers: beyond accuracy (seed 42)\n\n")[1]
    assert "| EASE | 0.5000 | 0.05 [0.04, 0.06] |" in below
    assert "themselves, 3.00, is 1 where" in below
    assert "| Top-n by activity | HR@10, 4 |" in below
    assert "| EASE | 0.0250 [0.0200, 0.0300] |" in below
    assert "Users with a history of 4 items: 7." in below
    assert "beyond accuracy" not in sweep_section(document(beyond=None))


def test_how_each_variant_was_trained() -> None:
    text = sweep_section(document(training=[["random numbers", 1234567, [9, 10], 10, 2.34567]]))
    columns = "parameters | best epoch | validation loss, nats per token"
    assert f"| How the models were trained | {columns} |" in text
    assert "| random numbers | 1,234,567 | 9, 10 of 10 | 2.3457 |" in text
