"""docs/systems.md is what rows and results say, and rows that run name what there is."""

import re

import pytest

from experiments.systems.__main__ import main
from experiments.systems.checks import faults
from experiments.systems.page import PAGE, page
from experiments.systems.registry import System, read_systems
from tools.closure import ROOT


def test_rows_that_run_name_what_there_is() -> None:
    assert faults(read_systems()) == []


def test_the_page_is_what_rows_and_results_say() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(read_systems()), (
        "run python -m experiments.systems"
    )


def test_a_page_that_is_old_is_told_and_written_anew(tmp_path, capsys) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / PAGE).write_text("old", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(check=True, root=tmp_path)
    assert "run python -m experiments.systems" in capsys.readouterr().err
    main(root=tmp_path)
    assert (tmp_path / PAGE).read_bytes() == (ROOT / PAGE).read_bytes()
    main(check=True, root=tmp_path)


def test_counts_and_rows_of_the_page() -> None:
    runs = System(
        what="a",
        needs="b",
        verdict="build",
        state="runs",
        module="m",
        test="t",
        command="c",
        note="no figure",
    )
    later = System(what="d", needs="e", verdict="adapter", note="half of it")
    text = page({"One": {"This": runs, "That": later}, "Beside the tutorial's rows": {"Other": runs}})
    assert re.search(r"built and tested here \| 1 \| 0 \| 0 \| 0 \| 0 \| 1 \|", text)
    assert re.search(r"\| all \| 1 \| 0 \| 0 \| 0 \| 1 \| 2 \|", text)
    assert "| That | d | e | not yet | half of it |" in text
    assert "| Other | none yet | none | no figure |" in text


def test_readme_leads_to_the_page() -> None:
    assert f"({PAGE})" in (ROOT / "README.md").read_text(encoding="utf-8")
