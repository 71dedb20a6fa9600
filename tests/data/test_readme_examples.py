"""What README says is read, is read as it says."""

import re
from pathlib import Path

import pytest

from pipeline.data.records import Faults
from pipeline.data.source import open_source

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "README.md").read_text(encoding="utf-8").split("## Your own data")[1].split("\n## ")[0]
EXAMPLES = dict(re.findall(r"^\| ([^|]+) \| (.*`.*) \|$", SECTION, re.MULTILINE))
FORMATS = {
    "Amazon's reviews": ("raw.json", "amazon2014"),
    "JSON lines of others": ("raw.json", "table (JSON lines)"),
    "CSV, with names": ("raw.csv", "table (CSV)"),
    "CSV without": ("raw.csv", "table (CSV)"),
    "MovieLens": ("ratings.dat", "table (text with ::)"),
    "OpenP5": ("user_sequence.txt", "p5"),
}


def test_every_example_is_tried():
    tried = [label for label in EXAMPLES if label.startswith(tuple(FORMATS))]
    # P5's numbers need their maps: tests/data/test_p5.py.
    assert [label for label in EXAMPLES if label not in tried] == [
        "P5 and POD: `sequential_data.txt`, `sequential.txt`"
    ]
    assert len(tried) == len(FORMATS)


@pytest.mark.parametrize("label", FORMATS)
def test_an_example_is_read(tmp_path, label):
    name, wanted = FORMATS[label]
    text = next(text for full, text in EXAMPLES.items() if full.startswith(label))
    lines = re.findall(r"`([^`]+)`", text)
    (tmp_path / name).write_text("\n".join(lines))
    source = open_source(tmp_path / name, "auto", iter)
    assert source.format == wanted
    found = source.interactions(Faults(tmp_path / name, stop=True))
    assert len(found) == (3 if name == "user_sequence.txt" else 1)
    assert len(found.user_ids) == 1
