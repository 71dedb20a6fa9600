"""A sweep from the command to its tables, in a clone; and what may not be compared."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from experiments.collection import (
    audited,
    check_alike,
    collect,
    commits,
    lists_held,
    mean_figures,
    mean_seconds,
    with_variety,
)
from experiments.runs import Run, flatten
from experiments.sweeps import Variant, sweep
from pipeline.artifacts import ArtifactError, make_table
from pipeline.evaluation.schema.document import Estimate
from pipeline.evaluation.schema.sweeps import SweepTask
from pipeline.tables import INTERACTIONS, ITEMS, USERS
from tests.end_to_end.runs import REPOSITORY, SMALL
from tests.end_to_end.test_llara import write_folder
from tests.evaluation.workspace import DATASET, ORDER
from tests.repositories import commit_all

OF_THE_SWEEP = ("evaluation.b", "evaluation.e", "embeddings.e")
TINY_LLARA: dict[str, Any] = {
    "dataset": {"negatives": 4},
    "evaluation": {"topn_cutoffs": [1, 5], "sequential_cutoffs": [1, 5]},
    "choices": {"candidates": 5, "redraws": 2},
    "tokenizer": {"vocabulary": 300},
    "embeddings": {"dimensions": 8},
    "baselines": {"dros_sasrec": {"steps": 4}},
    "model": {"d_model": 16, "d_ff": 32, "d_kv": 8, "heads": 2},
    "training": {"epochs": 1, "batch_size": 10},
}
VARIANTS = [Variant("A", "a", {}), Variant("B", "b", {})]


class MadeUp(Run):
    """A run that holds parameters and one user's test item."""

    def __init__(self, params: dict[str, Any], item: int = 0, reviews: int = 9) -> None:
        super().__init__(f"run-{item}", "")
        self.__dict__.update(params=params, item=item, reviews=reviews)

    def stored(self, name: str) -> Any:
        sizes = {**DATASET["table_2"], "reviews": self.__dict__["reviews"]}
        # Where ties are decided otherwise, other items are held out.
        ties = self.__dict__["params"].get("dataset") == {"ties": "random"}
        return DATASET | {"table_2": sizes, "order_audit": ORDER | {"tied_histories": int(ties)}}

    def table(self, path: str, schema: pa.Schema) -> pa.Table:
        rows = {"user": [0], "user_id": ["u"], "item": [self.__dict__["item"]], "item_id": ["i"]}
        assert schema in (USERS, ITEMS, INTERACTIONS)
        return make_table(schema, {name: rows.get(name, [None]) for name in schema.names})


def test_variants_may_differ_in_what_the_sweep_says_alone() -> None:
    one, other = MadeUp({"model": {"layers": 2}, "seed": 1}), MadeUp({"model": {"layers": 3}, "seed": 1})
    check_alike({VARIANTS[0]: [one], VARIANTS[1]: [other]}, {"model.layers"})
    with pytest.raises(ArtifactError, match=r"can't be compared: model.layers is 2 in the one and 3"):
        check_alike({VARIANTS[0]: [one], VARIANTS[1]: [other]}, {"seed"})


def test_variants_may_run_on_other_devices_and_be_shown_otherwise() -> None:
    one = MadeUp({"seed": 1, "runtime": {"device": "cpu"}, "report": {"ablations": "grids.json"}})
    other = MadeUp({"seed": 1, "runtime": {"device": "cuda"}, "report": {"sweeps": "sweeps.json"}})
    check_alike({VARIANTS[0]: [one], VARIANTS[1]: [other]}, set())


def test_variants_may_differ_in_a_baseline_that_one_of_them_did_not_run() -> None:
    def run(batch_size: int, baselines: list[str]) -> MadeUp:
        return MadeUp(
            {
                "baselines": {"caser": {"batch_size": batch_size}},
                "evaluation": {"baselines": baselines},
            }
        )

    free = {"evaluation.baselines"}
    check_alike({VARIANTS[0]: [run(1, ["caser"])], VARIANTS[1]: [run(2, ["most_popular"])]}, free)
    with pytest.raises(ArtifactError, match=r"can't be compared: baselines.caser.batch_size is 1 in the one"):
        check_alike({VARIANTS[0]: [run(1, ["caser"])], VARIANTS[1]: [run(2, ["caser"])]}, free)


def test_runs_that_hold_out_other_items_are_not_compared() -> None:
    runs = {VARIANTS[0]: [MadeUp({"seed": 1}), MadeUp({"seed": 2}, item=5)]}
    with pytest.raises(ArtifactError, match=r"run-0 and run-5 can't be compared: they hold out other items"):
        check_alike(runs, {"seed"})


def test_a_sweep_of_ties_holds_out_other_items_of_the_same_interactions() -> None:
    def runs(**other: int) -> dict[Variant, list[Any]]:
        ties = [
            MadeUp({"dataset": {"ties": which}}, **more) for which, more in (("file", {}), ("random", other))
        ]
        return dict(zip(VARIANTS, ([one] for one in ties), strict=False))

    assert sweep("ties").other_test_items
    check_alike(runs(item=5), {"dataset.ties"}, other_test_items=True)
    with pytest.raises(ArtifactError, match="so they read other data"):
        check_alike(runs(item=5, reviews=8), {"dataset.ties"}, other_test_items=True)
    with pytest.raises(ArtifactError, match="so they read other data"):
        check_alike(runs(item=5), {"dataset.ties"})


def test_runs_of_other_data_are_not_compared() -> None:
    runs = {VARIANTS[0]: [MadeUp({"seed": 1})], VARIANTS[1]: [MadeUp({"seed": 1}, reviews=8)]}
    with pytest.raises(ArtifactError, match=r"their metrics/dataset.json differ, so they read other data"):
        check_alike(runs, {"seed"})


def test_code_is_told_by_variant_where_variants_ran_with_several() -> None:
    one, other = MadeUp({}), MadeUp({})
    one.__dict__["code"], other.__dict__["code"] = "abc", "def"
    assert commits({VARIANTS[0]: [one], VARIANTS[1]: [one]}) == ["abc"]
    assert commits({VARIANTS[0]: [one], VARIANTS[1]: [other, one]}) == ["abc (A; B)", "def (B)"]


def test_a_sweep_that_has_not_run_says_which_experiment_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.collection.find_run", lambda name: None)
    with pytest.raises(ArtifactError, match=r"sweep rq5: its base variant hasn't run: .*rq5-4-heads-seed-7"):
        collect("rq5", None, [7], {})


def test_means_over_seeds_keep_each_and_leave_out_what_one_lacks() -> None:
    one, two = {"USR": Estimate(value=0.25), "DIV": Estimate(value=1.0)}, {"USR": Estimate(value=0.75)}
    mean = Estimate(value=0.5, by_seed=(0.25, 0.75))
    assert mean_figures([one, two], ["USR", "DIV"]) == {"USR": mean}
    # One seed's figure is as it was, with its interval.
    whole = {"DIV": Estimate(value=1.0, low=0.5, high=1.5)}
    assert mean_figures([whole], ["DIV"]) == whole


class Measured(Run):
    """A run that holds parameters and metrics."""

    def __init__(self, documents: dict[str, Any]) -> None:
        super().__init__("measured", "")
        self.__dict__.update(params={"evaluation": {"sequential_cutoffs": [5, 10]}}, documents=documents)

    def stored(self, name: str) -> Any:
        return self.__dict__["documents"][name]


def test_variety_is_of_each_variants_own_texts() -> None:
    def run(share: float, **beside: Any) -> Measured:
        return Measured({"explanation": {"pairs": 1, "peapod": {"USR": {"value": share}}, **beside}})

    nrt = {"nrt": {"USR": {"value": 0.75}}}
    values: dict[str, Any] = {"methods": [("a", "A", ""), ("b", "B", ""), ("a nrt", "NRT", "")]}
    values |= {"a": {}, "b": {}, "a nrt": {"ROUGE-L": {"value": 1.0}}}
    values |= {"columns": ["ROUGE-L"], "comparisons": 0, "users": 2, "primary": "ROUGE-L"}
    task = SweepTask.parse(values, "task")
    task = with_variety(
        task, {VARIANTS[0]: [run(0.25, **nrt), run(0.75, **nrt)], VARIANTS[1]: [run(0.0), run(0.5)]}
    )
    assert task.untested == ("USR",)
    assert task.estimates["a"] == {"USR": Estimate(value=0.5, by_seed=(0.25, 0.75))}
    assert task.estimates["b"] == {"USR": Estimate(value=0.25, by_seed=(0.0, 0.5))}
    assert task.estimates["a nrt"]["USR"].value == 0.75
    assert task.estimates["a nrt"]["ROUGE-L"] == Estimate(value=1.0)


def test_lists_are_those_of_every_variants_own_model() -> None:
    def run(share: float) -> Measured:
        spread = {"coverage@10": {"value": share}, "gini@10": {"value": 0.5}}
        popularity = {
            "popularity@10": {"value": 9.0},
            "popularity_ratio@10": {"value": 2.0, "low": 1.0, "high": 3.0},
            "novelty@10": {"value": 5.0, "low": 4.0, "high": 6.0},
        }
        other = {"ease": {"coverage@10": {"value": 1.0}}}
        told = {"spread": {"peapod": spread} | other, "popularity": {"peapod": popularity}}
        return Measured({"beyond": told | {"own_popularity": {"value": 1.0}, "groups": {}}})

    found = lists_held({VARIANTS[0]: [run(0.25)], VARIANTS[1]: [run(0.75)]})
    assert found is not None
    assert found.columns == ("coverage@10", "gini@10", "popularity_ratio@10", "novelty@10")
    assert [(label, figures["coverage@10"].value) for label, figures in found.variants] == [
        ("A", 0.25),
        ("B", 0.75),
    ]
    assert found.variants[0][1]["novelty@10"] == Estimate(value=5.0, low=4.0, high=6.0)


def test_audits_are_of_every_variants_model_and_seconds_means_over_seeds() -> None:
    def run(value: float, **seconds: float) -> Measured:
        figures = {
            "peapod": {"MGU@10 popularity": {"value": value}},
            "ease": {"MGU@10 popularity": {"value": 9.0}},
        }
        found = Measured({"audits/item_groups": {"users": 2, **figures}})
        found.__dict__["seconds"] = seconds
        return found

    runs = {VARIANTS[0]: [run(0.25, train=10.0)], VARIANTS[1]: [run(0.75, train=20.0), run(0.5, train=25.0)]}
    found = audited(runs, ["item_groups"])["item_groups"]
    assert {key: one["MGU@10 popularity"].value for key, one in found.items()} == {"a": 0.25, "b": 0.75}
    assert mean_seconds(runs[VARIANTS[1]], "train") == 22.5
    assert mean_seconds(runs[VARIANTS[1]], "generate") is None


def test_a_model_that_only_chooses_has_no_lists() -> None:
    alone = Measured({})
    alone.__dict__["params"] = {"prompts": {"tasks": ["choice"]}}
    assert lists_held({VARIANTS[0]: [alone]}) is None


def clone(folder: Path) -> Path:
    """Commit the working tree as it is into a repository of its own."""
    listed = ["git", "ls-files", "-coz", "--exclude-standard"]
    names = subprocess.run(listed, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    for name in names.split("\0"):
        source = REPOSITORY / name
        # The lock names outputs that the clone's cache doesn't have.
        if name and source.is_file() and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(source.read_bytes())
    commit_all(folder)
    return folder


def python(folder: Path, *arguments: str) -> str:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.slow
def test_two_variants_run_by_one_command_become_tables_by_another(tmp_path: Path) -> None:
    folder = clone(tmp_path)
    own = flatten(SMALL | {"training": {"epochs": 1, "batch_size": 16}})
    # What the sweep itself sets stays its own.
    own = {
        key: value
        for key, value in own.items()
        if not key.startswith(("evaluation.b", "evaluation.e", "embeddings.e"))
    }
    small = [part for key, value in own.items() for part in ("-S", f"{key}={value}")]
    python(folder, "experiments", "rq2", *small)
    assert "all of them have run" in python(folder, "experiments", "rq2", *small)

    text = python(folder, "experiments.tables", "rq2", *small)
    sweeps = json.loads((folder / "experiments/results/sweeps.json").read_text())
    (kept,) = (sweep for name, sweep in sweeps.items() if name.startswith("rq2 params.yaml-"))
    assert "-S training.epochs=1" in kept["command"]
    for task in ("sequential", "topn", "explanation"):
        metrics = subprocess.run(
            ["git", "show", f"{commit(folder, 'rq2-bivae-seed-42')}:metrics/{task}.json"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        alone = json.loads(metrics)["peapod"]
        for name, figure in kept["tasks"][task]["bivae"].items():
            assert figure["value"] == pytest.approx(alone[name]["value"], abs=1e-5), (task, name)
    written = [name for name in ("USR", "FCR", "DIV") if name in alone]
    assert kept["tasks"]["explanation"]["untested"] == written == ["USR", "FCR", "DIV"]
    assert [label for label, _ in kept["lists"]["variants"]] == ["PMF", "BiVAE"]
    assert "| What the sequential lists hold | coverage@10 | gini@10 |" in text
    hits = kept["tasks"]["sequential"]
    assert f"| BiVAE | {hits['bivae']['HR@5']['value']:.4f} [" in text
    gap = hits["pmf"]["HR@5"]["value"] - hits["bivae"]["HR@5"]["value"]
    assert hits["difference_to_bivae"]["HR@5"]["value"] == pytest.approx(gap, abs=1e-5)

    # Where another clone ran it, what is kept says the same, and nothing runs again.
    for name in ("rq2-pmf-seed-42", "rq2-bivae-seed-42"):
        subprocess.run(["git", "update-ref", "-d", reference(folder, name)], cwd=folder, check=True)
    shutil.rmtree(folder / ".dvc/cache")
    assert "all of them have run" in python(folder, "experiments", "rq2", *small)
    assert python(folder, "experiments.tables", "rq2", *small) == text
    assert json.loads((folder / "experiments/results/sweeps.json").read_text()) == sweeps

    python(folder, "experiments.results")
    page = (folder / "docs/results.md").read_text()
    assert "### RQ2: PMF against BiVAE (figure 3)" in page.split("## The paper's questions\n\n")[1]
    assert "| PMF minus … |" in page


def commit(folder: Path, experiment: str) -> str:
    """The commit of an experiment."""
    return of_reference(folder, experiment, "objectname")


def reference(folder: Path, experiment: str) -> str:
    """What git calls an experiment."""
    return of_reference(folder, experiment, "refname")


def of_reference(folder: Path, experiment: str, what: str) -> str:
    """A field of an experiment's reference."""
    listed = ["git", "for-each-ref", f"--format=%({what})", f"refs/exps/**/{experiment}*"]
    return subprocess.run(listed, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.slow
def test_curricula_of_llara_become_a_table_of_choices(tmp_path: Path) -> None:
    folder = clone(tmp_path / "clone")
    write_folder(tmp_path / "artists")
    own = flatten(TINY_LLARA)
    small = [part for key, value in own.items() for part in ("-S", f"{key}={json.dumps(value)}")]
    preset = ["--preset", "llara-lastfm", *small]
    labels = ("paper", "as released")
    chosen = [part for label in labels for part in ("--variant", label)]
    python(folder, "experiments", "llara-curriculum", "--raw", str(tmp_path / "artists"), *preset, *chosen)
    text = python(folder, "experiments.tables", "llara-curriculum", *preset)
    sweeps = json.loads((folder / "experiments/results/sweeps.json").read_text())
    (kept,) = (sweep for name, sweep in sweeps.items() if name.startswith("llara-curriculum"))
    assert list(kept["tasks"]) == ["choice"]
    choice = kept["tasks"]["choice"]
    # Ten artists, a draw each; written answers are judged as well.
    assert (choice["users"], choice["primary"]) == (10, "HR@1")
    assert {"HR@1", "ValidRatio_within"} <= set(choice["as-released"])
    assert len(kept["missing"]) == 5
    assert f"| as released | {choice['as-released']['HR@1']['value']:.4f} [" in text
    python(folder, "experiments.results")
    assert "LLaRA's curricula" in (folder / "docs/results.md").read_text()
