"""What no list names leaves the folder of predictions, and isn't lost."""

from pathlib import Path

import pytest

from pipeline.evaluation.leftovers import set_aside


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("peapod/a", "ease/a", "nrt/a", "notes.txt", ".baseline@ease.0123abcd.tmp/a"):
        path = tmp_path / "predictions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_named_ones_stay(root):
    set_aside(root, {"peapod", "nrt"})
    # A temporary name may be that of a baseline that runs now; DVC is told to leave these out.
    assert names(root / "predictions") == [".baseline@ease.0123abcd.tmp", "nrt", "peapod"]
    assert names(root / "runs/other_predictions") == ["ease", "notes.txt"]


def test_a_second_time_replaces_the_first(root):
    set_aside(root, {"peapod"})
    (root / "predictions/ease").mkdir()
    (root / "predictions/ease/b").write_text("new")
    set_aside(root, {"peapod"})
    assert names(root / "runs/other_predictions/ease") == ["b"]


def test_without_others_nothing_is_made(root):
    set_aside(root, {"peapod", "ease", "nrt", "notes.txt"})
    assert not (root / "runs").exists()
    set_aside(root / "nowhere", set())
