import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from pipeline import tables
from pipeline.artifacts import read_table
from pipeline.explainers.config import ExplanationBaseline
from stages.explanation_baseline import main
from tests.explainers.contract import PLANTED, write_planted


@pytest.fixture
def root(tmp_path):
    write_planted(tmp_path)
    return tmp_path


def test_writes_texts_and_the_record_of_the_search(root):
    main(ExplanationBaseline.NRT, root=root)
    written = root / "predictions/nrt/explanation.parquet"
    assert len(read_table(written, tables.GENERATED)) == PLANTED["split"].to_pylist().count("test")
    record = json.loads((root / "metrics/explanation_baselines/nrt.json").read_text())
    assert record["name"] == "nrt"
    assert record["validation"] in record["tried"]
    first = written.read_bytes()
    main(ExplanationBaseline.NRT, root=root)
    assert written.read_bytes() == first


def test_command_line(root):
    app = Typer()
    app.command()(main)
    assert CliRunner().invoke(app, ["att2seq", "--root", str(root)]).exit_code == 0
    assert CliRunner().invoke(app, ["unheard_of", "--root", str(root)]).exit_code == 2
