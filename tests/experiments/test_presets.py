from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser

from experiments.__main__ import main
from experiments.presets import HERE, arguments, changed_name, changes, names, overrides, places_of
from experiments.results import Result, collect, embed, leakage, published_doubts, section, task_table
from experiments.runs import check_parameters
from pipeline.artifacts import ArtifactError
from pipeline.evaluation.schema.inputs import Sizes
from pipeline.evaluation.schema.tasks import LeakageMetrics
from pipeline.params import ParamsError
from tests.end_to_end.runs import REPOSITORY
from tests.evaluation import documents
from tests.evaluation.documents import sequential, topn
from tests.evaluation.workspace import DATASET, ORDER, TRAINING
from tests.params_files import repository_params, write_params_files
from tools.check_params import faults


@pytest.mark.parametrize("name", names())
def test_a_presets_parameters_are_sound(name: str, tmp_path: Path) -> None:
    preset = yaml.safe_load((HERE / f"{name}.yaml").read_text())
    document = repository_params()
    items = tmp_path / "items.tsv"
    items.touch()
    places = {"dataset.metadata": str(items)} if "metadata" in preset else {}
    for key, value in (preset["params"] | places).items():
        *parents, last = key.split(".")
        section = document
        for parent in parents:
            section = section[parent]
        assert last in section, key
        section[last] = value
    assert list(faults(write_params_files(tmp_path, document))) == []


def test_overrides_are_spelled_for_hydra_with_an_absolute_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("raw.json.gz").touch()
    found = arguments(overrides("all-beauty-2018", Path("raw.json.gz")))
    assert found[0] == "-S"
    assert found[1] == f"++dataset.raw='{tmp_path}/raw.json.gz'"
    assert "++evaluation.topn_cutoffs=[1, 5]" in found
    assert "++report.title='PeaPOD on Amazon All Beauty (2018)'" in found
    assert "++prompts.user_dropout=0.0" in found


def test_an_unknown_preset_and_a_missing_raw_file_say_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="no preset 'beauty'; there are all-beauty-2018, "):
        overrides("beauty", tmp_path)
    with pytest.raises(ParamsError, match=r"--raw .*nowhere: the preset wants p5/beauty"):
        overrides("p5-beauty", tmp_path / "nowhere")
    with pytest.raises(ParamsError, match=r"--metadata None: the preset wants items/beauty\.tsv"):
        overrides("p5-beauty-core", tmp_path)
    items = tmp_path / "items.tsv"
    items.touch()
    assert overrides("p5-beauty-core", tmp_path, items)["dataset.metadata"] == str(items)
    assert places_of("p5-beauty-core") == "--raw PATH --metadata PATH"
    assert places_of("p5-beauty", "PATH/TO/") == "--raw PATH/TO/p5/beauty"


@pytest.mark.usefixtures("sound_clone")
def test_the_command_hands_everything_to_dvc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: seen.append(arguments) or 0)
    for queue, force in ((False, False), (True, True)):
        with pytest.raises(SystemExit) as ended:
            main("p5-beauty", tmp_path, set_param=["training.epochs=1"], queue=queue, force=force)
        assert ended.value.code == 0
    name = changed_name("p5-beauty", {"training.epochs": 1})
    assert name.startswith("p5-beauty-training-epochs-1-")
    assert seen[0][:5] == ("exp", "run", "--name", name, "--temp")
    assert "++training.epochs=1" in seen[0]
    assert "++training.epochs=5" not in seen[0]
    assert seen[1] == ("exp", "remove", name)
    assert seen[2][4] == "--queue"


def test_changes_of_all_variants_are_read_as_params_yaml_reads_them() -> None:
    given = ["training.learning_rate=5e-5", "evaluation.baselines=[bpr, ease]", "report.title=a=b"]
    found = {"training.learning_rate": 5e-5, "evaluation.baselines": ["bpr", "ease"], "report.title": "a=b"}
    assert changes(given) == found
    assert changed_name("x", {}) == "x"
    assert changed_name("x", found) != changed_name("x", {**found, "training.learning_rate": 1e-5})
    # Where data lies is a machine's own: its name alone counts.
    here, there, other = ({"dataset.metadata": path} for path in ("/a/items.tsv", "/b/items.tsv", "/a/x.tsv"))
    assert changed_name("x", here) == changed_name("x", there) != changed_name("x", other)
    for bad in ("training.epochs", "=3", "a=[1"):
        with pytest.raises(ParamsError):
            changes([bad])


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("training.epoch", "-S training.epoch: no section has such a parameter; is training.epochs meant?"),
        ("trainin.epochs", "no section has such a parameter; is training.epochs meant?"),
        ("training.epochs.first", "no section has such a parameter; is training.epochs meant?"),
        ("+training.warmth", "-S training.warmth: no section has such a parameter"),
        ("x", "-S x: no section has such a parameter\n"),
    ],
)
@pytest.mark.usefixtures("sound_clone")
def test_a_parameter_that_is_not_there_is_named_before_dvc_starts(
    key: str,
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: pytest.fail("it ran"))
    with pytest.raises(SystemExit):
        main("p5-beauty", tmp_path, set_param=[f"{key}=1"])
    assert message in capsys.readouterr().err


def test_options_of_sweeps_are_refused_for_a_preset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: pytest.fail("it ran"))
    wanted = "p5-beauty is none of the sweeps epochs, histories, identifiers, leakage, "
    for options in ({"seeds": "42,43"}, {"preset": "all-beauty-2018"}):
        with pytest.raises(SystemExit):
            main("p5-beauty", tmp_path, **options)
        ((option, value),) = options.items()
        message = capsys.readouterr().err
        assert f"--{option} {value}: {wanted}" in message
        assert {"seeds": "-S seed=43", "preset": "NAME all-beauty-2018"}[option] in message


def ran(params: dict[str, Any], here: bool = True) -> Any:
    """An experiment that ran with these parameters."""
    return SimpleNamespace(name="x", params=params, here=here)


def test_an_experiment_of_other_parameters_is_not_shown_as_the_presets() -> None:
    params = {"training.epochs": 3, "model.dropout": 0.1, "decoding.newer": 1}
    check_parameters(ran({"training": {"epochs": 3}, "model": {"dropout": 0.1}, "decoding": {}}), params)
    with pytest.raises(ArtifactError, match=r"x ran with training.epochs 1, .*its sweep says 3: run it"):
        check_parameters(ran({"training": {"epochs": 1}}), params)


def test_other_data_in_this_clone_is_another_experiment_elsewhere_a_place() -> None:
    found = {"dataset": {"raw": "/here/a.json.gz"}}
    with pytest.raises(ArtifactError, match=r"x ran with dataset.raw '/here/a.json.gz', .* says '/here/b"):
        check_parameters(ran(found), {"dataset.raw": "/here/b.json.gz"})
    check_parameters(ran(found, here=False), {"dataset.raw": "/there/a.json.gz"})


def test_a_baseline_that_did_not_run_has_no_parameters_that_could_differ() -> None:
    params = {"baselines.caser.batch_size": 1024, "explanation_baselines.peter.width": 64}
    found = {
        "baselines": {"caser": {"batch_size": 256}},
        "explanation_baselines": {"peter": {"width": 32}},
        "evaluation": {"baselines": ["most_popular"], "explanation_baselines": ["att2seq"]},
    }
    check_parameters(ran(found), params)
    used = {"baselines": ["caser"], "explanation_baselines": ["peter"]}
    with pytest.raises(ArtifactError, match=r"x ran with baselines.caser.batch_size 256"):
        check_parameters(ran(found | {"evaluation": used | {"explanation_baselines": []}}), params)
    with pytest.raises(ArtifactError, match=r"x ran with explanation_baselines.peter.width 32"):
        check_parameters(ran(found | {"evaluation": used | {"baselines": []}}), params)
    with pytest.raises(ArtifactError, match=r"x ran with baselines.budget 6, .* its sweep says 2"):
        check_parameters(ran(found | {"baselines": {"budget": 6}}), {"baselines.budget": 2})


def test_a_stale_experiment_leaves_what_was_kept_and_says_how_to_run_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "results").mkdir()
    kept = tmp_path / "results/p5-beauty.json"
    stale = SimpleNamespace(name="p5-beauty", params={"training": {"epochs": 1}}, here=True)
    monkeypatch.setattr("experiments.results.HERE", tmp_path)
    monkeypatch.setattr("experiments.results.commit_of", lambda name: "abc")
    monkeypatch.setattr("experiments.results.Run", lambda name, commit: stale)
    assert collect("p5-beauty") is None
    older = result(code="older")
    older.write(kept)
    text = kept.read_text()
    assert collect("p5-beauty") == older
    assert kept.read_text() == text
    without, message = capsys.readouterr().err.splitlines()
    assert "p5-beauty ran with training.epochs 1, params.yaml, its preset or its sweep says 5" in message
    assert "`python -m experiments p5-beauty --raw PATH/TO/p5/beauty --force`" in message
    assert message.endswith("p5-beauty.json is shown as it is")
    assert without.endswith("it has no section")


ODD = (
    "Übung (2)",
    "a=b,c",
    "it's",
    'a"b',
    "a\\b",
    "\\\\'",
    "[a]",
    "{a}",
    "$a",
    "a:b",
    "#a",
    " a ",
    "~a",
    "a\\",
)


@pytest.mark.parametrize("name", ["-".join(ODD), *ODD])
def test_a_path_is_spelled_so_that_hydra_reads_the_same(name: str, tmp_path: Path) -> None:
    odd = tmp_path / name
    odd.mkdir()
    spelled = arguments(overrides("p5-beauty", odd))[1]
    assert OverridesParser.create().parse_override(spelled).value() == str(odd)


FIGURE = {"value": 0.25, "low": 0.2, "high": 0.3}
NOBODYS = Sizes(users=2, items=3, reviews=4, density_percent=66.6667)


def result(**changes: Any) -> Result:
    """A run's metrics with these files."""
    ranked = {"peapod": {"HR@5": FIGURE}}
    files = {
        "dataset": DATASET | {"table_2": NOBODYS.plain()},
        "embeddings": {},
        "identifiers": {"method": "random", "users": 2, "items": 3, "leak": {}},
        "training": TRAINING,
        "sequential": sequential(**ranked).plain(),
        "topn": topn(**ranked).plain(),
        "explanation": {"pairs": 0},
        "leakage": leaks(),
    }
    return Result.parse(files | changes, "result.json")


def leaks(**changes: Any) -> dict[str, Any]:
    order = ORDER | dict.fromkeys(("tied_pairs", "tied_histories", "test_items_decided_by_ties"), 0)
    order |= {"histories_ascending_by_item_id": 0.5, "histories_ascending_by_chance": 0.25}
    return documents.LEAKAGE | {"order": order} | changes


def test_a_table_has_a_line_a_method_with_intervals() -> None:
    figures = {
        "peapod": {"HR@1": FIGURE, "HR@5": FIGURE},
        "chance": {"HR@1": {"value": 0.01}, "HR@5": {"value": 0.05}},
        "most_popular": {"HR@1": {"value": 0.1}},
    }
    assert task_table("topn", topn(users=1200, **figures), NOBODYS).splitlines() == [
        "| Top-n (1,200 users) | HR@1 | HR@5 |",
        "| --- | ---: | ---: |",
        "| PeaPOD | 0.2500 [0.2000, 0.3000] | 0.2500 [0.2000, 0.3000] |",
        "| Most popular | 0.1000 | – |",
        "| Chance | 0.0100 | 0.0500 |",
    ]


def test_a_dataset_without_explanations_has_no_table_of_them() -> None:
    text = section("Title", "make it", result())
    assert text.startswith(
        "## Title\n\n    make it\n\n2 users, 3 items, 4 reviews (density 66.67 %); `random`"
    )
    assert "Explanation" not in text
    wanted = "1 of 2 test items never occur in train; 50.0% of histories ascend by item id (25.0% by chance)."
    assert f"Leakage: {wanted}" in text


LEAKAGE = {
    **documents.LEAKAGE,
    "order": {
        "histories_ascending_by_item_id": 0.985,
        "histories_ascending_by_chance": 0.008,
        "test_items_decided_by_ties": 0.442,
        "tied_pairs": 4109,
        "tied_pairs_ascending_by_item_id": 0.75,
        "tied_pairs_ascending_by_chance": 0.5,
        "tied_histories": 1200,
        "tied_histories_ascending_by_item_id": 0.625,
        "tied_histories_ascending_by_chance": 0.125,
    },
    "test_items_unseen_in_train": 135,
    "test_users": 137,
    "explanation_test_sentences_in_train": 1.0,
    "test_interactions_in_explanation_train": 0.431,
}


def test_leakage_says_what_its_figures_mean() -> None:
    assert leakage(LeakageMetrics.parse(LEAKAGE, "x")) == (
        "Leakage: 135 of 137 test items never occur in train: no ranking here means much; "
        "98.5% of histories ascend by item id (0.8% by chance); "
        "44.2% of the test items are decided by the order of interactions at one time (`dataset.ties`; the "
        "sweep `ties` tries another); "
        "so do 75.0% of 4,109 tied pairs, next to each other without a time between (50.0% by chance); "
        "within all of their ties 62.5% of 1,200 histories do (12.5% by chance); "
        "100.0% of the test explanations stand word for word in train; "
        "43.1% of the held-out interactions have their explanation in train (the model has read those "
        "texts, the recommendation baselines haven't; `explanations.split: leave_one_out` leaves them out)."
    )
    clean = LEAKAGE | {"test_items_unseen_in_train": 36, "test_interactions_in_explanation_train": 0.0}
    clean["order"] = LEAKAGE["order"] | dict.fromkeys(
        ("tied_pairs", "tied_histories", "test_items_decided_by_ties"), 0
    )
    assert leakage(LeakageMetrics.parse(clean, "x")) == (
        "Leakage: 36 of 137 test items never occur in train; 98.5% of histories ascend by item id "
        "(0.8% by chance); 100.0% of the test explanations stand word for word in train; "
        "0.0% of the held-out interactions have their explanation in train."
    )


def test_a_method_that_writes_one_sentence_for_all_is_named() -> None:
    explained = {
        "pairs": 802,
        "peapod": {"ROUGE-L": FIGURE, "USR": {"value": 0.0162}},
        "peter": {"ROUGE-L": FIGURE, "USR": {"value": 0.7643}},
    }
    text = section("Title", "make it", result(explanation=explained, leakage=LEAKAGE))
    below = text.split("| Explanation (802 pairs) |")[1].split("\n\n")
    assert below[1:] == [
        "PeaPOD writes nearly one sentence for all (USR 0.0162): closeness to the reference says little of "
        "it."
    ]


def test_the_papers_figures_stand_below_where_the_dataset_is_the_papers() -> None:
    toys = Sizes(users=19412, items=11924, reviews=167597, density_percent=0.07)
    metrics = sequential(users=19412, peapod={"HR@5": FIGURE, "NDCG@5": FIGURE})
    lines = task_table("sequential", metrics, toys).splitlines()
    assert "| *P5, published (table 3)* | 0.0460 † | 0.0567 † |" in lines


def test_tables_are_embedded_between_markers_alone(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("none")
    with pytest.raises(ArtifactError, match=r"README.md: the markers"):
        embed(page, "x")
    readme = (REPOSITORY / "README.md").read_text()
    page.write_text(readme)
    embed(page, "| new |")
    embed(page, "| newer |")
    assert page.read_text().count("| newer |") == 1
    assert "| new |" not in page.read_text()
    assert page.read_text().startswith(readme[:500])


def test_what_is_inconsistent_in_the_paper_is_listed_for_its_own_datasets() -> None:
    lines = [line for line in published_doubts().splitlines() if line.startswith("- ")]
    assert lines[0].startswith("- Table 3, toys: P5: NDCG@5 0.0567 stands above HR@5 0.0460")
    assert [line.split(":")[0] for line in lines[1:]] == [
        f"- Table {table}, {dataset}" for table in (5, 8) for dataset in ("beauty", "sports", "toys")
    ]
    # The one model of tables 5 and 8: what the other table says of it.
    assert lines[1].endswith("BLEU-4 1.0050, ROUGE-1 13.4532, ROUGE-2 1.5863, ROUGE-L 10.3238.")
