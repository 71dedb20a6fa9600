"""The command `recommend`, on what a small run leaves."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
import yaml
from click.testing import Result
from typer.testing import CliRunner

from pipeline.data.pseudonyms import KEY_VARIABLE
from pipeline.serving.requests import Recommendation
from stages.predictor import read_predictor
from stages.recommend import main, table
from tests.end_to_end.runs import REPOSITORY

USER, ITEM, OTHER = "SYN-U-0001", "SYN-I-0001", "SYN-I-0002"
COMMAND = "python -m stages.recommend "


def call(*arguments: str) -> Result:
    """Run the command in the current folder."""
    app = typer.Typer()
    app.command()(main)
    return CliRunner().invoke(app, list(arguments))


def refused(*arguments: str) -> str:
    """The one line that the command ends with."""
    result = call(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def test_a_list_is_a_table_of_raw_ids(workspace: Path) -> None:
    result = call(USER)
    assert result.exit_code == 0, result.stderr
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["rank", "item", "score"]
    wanted = read_predictor().recommend(USER)
    assert [line.split() for line in lines] == [
        [str(one.rank), one.item, f"{one.score:.4f}"] for one in wanted
    ]
    assert len(wanted) == 10
    # Columns are aligned.
    assert len({len(line) for line in [head, *lines]}) == 1


def test_top_and_history_and_json(workspace: Path) -> None:
    arguments = [USER, "--top", "3", "--history", f"{ITEM}, {OTHER}", "--json"]
    document = json.loads(call(*arguments).stdout)
    wanted = read_predictor().recommend(USER, top=3, history=[ITEM, OTHER])
    assert document == {"user": USER, "recommendations": [asdict(one) for one in wanted]}


def test_an_explanation_is_a_sentence(workspace: Path) -> None:
    sentence = read_predictor().explain(USER, ITEM)
    assert call(USER, "--explain", ITEM).stdout == f"{sentence}\n"
    document = json.loads(call(USER, "--explain", ITEM, "--json").stdout)
    assert document == {"user": USER, "item": ITEM, "explanation": sentence}


def test_somebody_new_needs_a_history_and_the_advice_works(workspace: Path) -> None:
    line = refused("somebody-new")
    assert line.startswith("error: user 'somebody-new' isn't among the")
    assert "--history ID,ID" in line
    assert len(call("somebody-new", "--history", f"{ITEM},{OTHER}").stdout.splitlines()) == 11
    assert call("somebody-new", "--history", ITEM, "--explain", OTHER).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--history", f"{ITEM},B00"], "history: 1 of 2 items aren't in the data, the first is 'B00'"),
        (["--history", ""], "history: empty; at least one item id wanted"),
        (["--history", " , "], "history: empty; at least one item id wanted"),
        (["--explain", "B00"], "item: 1 of 1 items aren't in the data, the first is 'B00'"),
        (["--explain", ""], "item: 1 of 1 items aren't in the data, the first is ''"),
        (["--top", "0"], "top is 0; 1 or more wanted"),
    ],
)
def test_faults_are_one_line(workspace: Path, arguments: list[str], wanted: str) -> None:
    assert refused(USER, *arguments).startswith(f"error: {wanted}")


def test_a_list_without_any_item_says_so(workspace: Path) -> None:
    items = pq.read_table("data/preprocessed/items.parquet")["item_id"].to_pylist()
    result = call(USER, "--history", ",".join(items))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["rank  item     score"]


def test_titles_stand_behind_the_scores() -> None:
    one = Recommendation(1, "A", -0.5, "Strings, 3 sets")
    other = Recommendation(2, "BCDEF", -12.25)
    assert table([one, other]) == [
        "rank  item      score  title",
        "   1  A       -0.5000  Strings, 3 sets",
        "   2  BCDEF  -12.2500",
    ]


def process(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the command as a person does."""
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    line = [sys.executable, "-m", "stages.recommend", *arguments]
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_before_training_the_error_says_what_to_run(tmp_path: Path) -> None:
    result = process(tmp_path, USER)
    assert result.returncode == 1
    assert result.stderr == (
        "error: models/peapod: no trained model; make repro (or dvc repro train) makes one\n"
    )


def test_the_folder_of_the_model_is_enough(workspace: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(workspace / "models/peapod", tmp_path / "elsewhere")
    result = process(tmp_path, USER, "--root", str(elsewhere))
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 11


def test_users_with_pseudonyms_need_the_key(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = yaml.safe_load((workspace / "params.yaml").read_text())
    document["dataset"]["pseudonymize"] = True
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(document))
    for name in ("data", "models"):
        (tmp_path / name).symlink_to(workspace / name)
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    assert f"the environment variable {KEY_VARIABLE} isn't set" in refused(USER, "--root", str(tmp_path))
    # With a key the user is looked for by the pseudonym, which these data don't have.
    monkeypatch.setenv(KEY_VARIABLE, "k" * 32)
    line = refused(USER, "--root", str(tmp_path))
    assert f"user '{USER}' isn't among the 60 users of the data, who" in line


def readme_commands() -> list[str]:
    lines = (REPOSITORY / "README.md").read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.strip().startswith(COMMAND)]


@pytest.mark.parametrize("line", readme_commands())
def test_commands_of_the_readme_run(workspace: Path, line: str) -> None:
    result = call(*shlex.split(line.removeprefix(COMMAND)))
    assert result.exit_code == 0, result.stderr
    assert result.stdout


def test_the_readme_shows_what_the_command_prints(workspace: Path) -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert len(readme_commands()) >= 4
    shown = text.split(readme_commands()[0])[1].split("\n\n")[0].splitlines()[1:]
    printed = call(*shlex.split(readme_commands()[0].removeprefix(COMMAND))).stdout.splitlines()
    assert [line.strip() for line in (shown[0], printed[0])] == ["rank  item           score"] * 2
    # What a trained model says changes with the code, its form doesn't.
    assert len(shown) == len(printed) == 4
    for line in shown[1:] + printed[1:]:
        assert re.fullmatch(r" +[123]  SYN-I-\d{4}  {1,3}-\d+\.\d{4}", line)
