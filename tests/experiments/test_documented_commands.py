"""DVC's commands in README and docs: they parse, and the tables that they print fit a terminal."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from antlr4.error.Errors import LexerNoViableAltException
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from experiments.runs import parameter
from pipeline.params import field_keys, load_yaml
from stages.parameters import Params, file_of
from tests.end_to_end.runs import REPOSITORY
from tests.repositories import commit_all

COLUMNS = 120
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]


def commands(start: str) -> Iterator[list[str]]:
    """Yield the words of each indented command of the pages that starts so, as a shell reads it."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in re.findall(rf"^    ({start}.*)$", text, flags=re.MULTILINE):
            yield shlex.split(line, comments=True)


def overrides() -> list[str]:
    found = [
        words[i + 1] for words in commands("dvc exp run") for i, word in enumerate(words) if word == "-S"
    ]
    assert len(found) > 10
    return found


def read(override: str) -> tuple[str, Override]:
    """The file that DVC changes, and what Hydra reads."""
    named = override.startswith("baselines.yaml:")
    file, text = override.split(":", 1) if named else ("params.yaml", override)
    return file, OverridesParser.create().parse_override(text)


@pytest.mark.parametrize("override", overrides())
def test_what_is_set_parses_and_is_a_parameter(override: str) -> None:
    file, parsed = read(override)
    key = str(parsed.key_or_group)
    assert key in set(field_keys(Params))
    assert file == file_of(key.partition(".")[0])
    # DVC refuses to set a key that the file doesn't have.
    assert parsed.is_force_add() or parameter(load_yaml(REPOSITORY / file), key) is not None


def test_quotes_within_quotes_keep_an_odd_path_whole() -> None:
    values = [read(one)[1].value() for one in overrides()]
    (odd,) = [value for value in values if isinstance(value, str) and not value.isascii()]
    assert odd == "/data/Übung (2), a=b/reviews.json.gz"
    for part in ("Ü", "(2)", "a=b"):
        with pytest.raises((HydraException, LexerNoViableAltException)):
            OverridesParser.create().parse_override(f"dataset.raw=/data/{part}")


def dvc(folder: Path, *words: str) -> str:
    ran = subprocess.run([sys.executable, "-m", "dvc", *words], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's parameters and the inputs of its evaluation, with a stage that makes up a summary."""
    folder = tmp_path_factory.mktemp("swept")
    shutil.copy(REPOSITORY / "params.yaml", folder)
    shutil.copy(REPOSITORY / "metrics/training.json", folder)
    summary = {
        **dict.fromkeys(("BLEU-4", "ROUGE-L"), 18.080979),
        **dict.fromkeys(("FMR", "USR", "seq_HR@10", "seq_NDCG@10", "topn_HR@10", "topn_NDCG@10"), 0.243038),
        "loss": 1.061406,
    }
    (folder / "make.py").write_text(
        "import json, pathlib, yaml\n"
        "heads = yaml.safe_load(open('params.yaml'))['prompts']['heads'] / 1000\n"
        f"figures = {{name: value + heads for name, value in {summary!r}.items()}}\n"
        "pathlib.Path('metrics').mkdir(exist_ok=True)\n"
        "pathlib.Path('metrics/summary.json').write_text(json.dumps(figures))\n"
        "other = json.load(open('training.json')) | {'epochs': heads}\n"
        "pathlib.Path('metrics/training.json').write_text(json.dumps(other))\n"
        "pathlib.Path('predictions').write_text(str(heads))\n"
    )
    stages = {
        "evaluate": {
            "cmd": f"{sys.executable} make.py",
            "deps": ["make.py"],
            "params": ["prompts", "neighbours", "seed", "training"],
            "outs": ["predictions"],
            "metrics": [{f"metrics/{name}.json": {"cache": False}} for name in ("summary", "training")],
        },
        "report": {"cmd": "echo", "deps": ["predictions", "metrics/summary.json", "params.yaml"]},
    }
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    commit_all(folder)
    dvc(folder, "init", "-q")
    dvc(folder, "repro", "-q")
    commit_all(folder)
    for heads, neighbours in ((1, 10), (2, 20)):
        changes = ("-S", f"prompts.heads={heads}", "-S", f"neighbours.count={neighbours}")
        dvc(folder, "exp", "run", "-q", "--temp", *changes)
    return folder


def shown(folder: Path, start: str) -> list[str]:
    """The lines that the first such command of the pages prints."""
    lines = dvc(folder, *next(iter(commands(start)))[1:]).splitlines()
    assert [line for line in lines if len(line) > COLUMNS] == []
    return lines


def test_a_sweep_fits_a_terminal(swept: Path) -> None:
    lines = shown(swept, "dvc exp show")
    head = lines[1].split()
    figures = {"ROUGE-L", "seq_NDCG@10", "topn_NDCG@10"}
    assert set(head) == {"Experiment", *figures, "prompts.heads", "neighbours.count"}


def test_a_difference_fits_a_terminal(swept: Path) -> None:
    assert shown(swept, "dvc metrics diff") == []
    assert json.loads(dvc(swept, "params", "diff", "--json")) == {}
    dvc(swept, "exp", "run", "-q", "-S", "prompts.heads=8")
    lines = shown(swept, "dvc metrics diff")
    assert lines[0].split() == ["Path", "Metric", "HEAD", "workspace", "Change"]
    assert len(lines) == 1 + 9
    changed = next(line for line in lines if "seq_NDCG@10" in line)
    assert changed.split() == ["metrics/summary.json", "seq_NDCG@10", "0.24704", "0.25104", "0.004"]
