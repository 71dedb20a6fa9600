"""A shared folder answers as the model in the workspace does, and its card is one that the hub reads."""

import shutil
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from pipeline.serving import Predictor
from stages.predictor import read_predictor
from tools.share import main

USER = "SYN-U-0001"
TEXT = "# Model card: PeaPOD checkpoint\n\nFigures.\n"


@pytest.fixture
def root(trained: Path, tmp_path: Path) -> Path:
    """A workspace with a model and its card."""
    shutil.copytree(trained / "models/peapod", tmp_path / "root/models/peapod")
    (tmp_path / "root/report").mkdir()
    (tmp_path / "root/report/model_card.md").write_text(TEXT)
    return tmp_path / "root"


def test_the_folder_answers_and_the_hub_reads_its_card(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shared"
    main(folder, root)
    assert f"hf upload OWNER/NAME {folder}" in capsys.readouterr().out
    wanted = read_predictor(root / "models/peapod").recommend(USER)
    assert Predictor.load(folder).recommend(USER) == wanted
    card = ModelCard.load(folder / "README.md")
    assert card.data.library_name == "peapod"
    assert card.data.tags == ["recommendation", "explanation"]
    assert card.text.strip().startswith(TEXT.strip())
    copied = {path.name for path in (root / "models/peapod").iterdir()}
    assert {path.name for path in folder.iterdir()} == copied | {"README.md"}


def test_what_is_missing_or_in_the_way_is_said(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = []
    (tmp_path / "there").mkdir()
    for folder, start in ((tmp_path / "there", root), (tmp_path / "new", tmp_path)):
        with pytest.raises(SystemExit):
            main(folder, start)
        faults.append(capsys.readouterr().err)
    (root / "report/model_card.md").unlink()
    with pytest.raises(SystemExit):
        main(tmp_path / "new", root)
    faults.append(capsys.readouterr().err)
    assert "is there already" in faults[0]
    assert "no trained model" in faults[1]
    assert "model_card.md: no such file; make repro" in faults[2]
    assert not (tmp_path / "new").exists()
