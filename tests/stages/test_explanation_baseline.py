import json

import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from pipeline import tables
from pipeline.artifacts import read_table, write_table, write_text
from pipeline.baselines.explanation import ExplanationBaseline
from stages.explanation_baseline import main
from tests.baselines.explanation_contract import ITEMS, PLANTED, USERS, config


@pytest.fixture
def root(tmp_path):
    runtime = {"device": "cpu", "precision": "fp32", "threads": 0}
    settings = config(epochs=2).model_dump(mode="json")
    params = {"seed": 1, "explanation_baselines": settings, "runtime": runtime}
    write_text(tmp_path / "params.yaml", yaml.safe_dump(params))
    for name, schema, count in (("user", tables.USERS, USERS), ("item", tables.ITEMS, ITEMS)):
        columns = {name: list(range(count)), f"{name}_id": [f"{name}{place}" for place in range(count)]}
        write_table(tmp_path / f"data/preprocessed/{name}s.parquet", schema, columns)
    write_table(tmp_path / "data/explanations/explanations.parquet", tables.EXPLANATIONS, PLANTED)
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
