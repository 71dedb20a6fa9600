"""The worked examples of docs/extraction.md, held against the extraction."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs/extraction.md"
EXAMPLES = re.findall(
    r"^\| [^|]+ \| ([^|]+ \.) \| ([^|]+) \| ([^|]+) \| ([+-]) \|$", PAGE.read_text("utf-8"), re.M
)


def test_there_are_examples():
    assert len(EXAMPLES) > 20


@pytest.mark.parametrize(("sentence", "feature", "opinion", "sign"), EXAMPLES)
def test_worked_examples(extractor, sentence, feature, opinion, sign):
    tokens = sentence.split(" ")
    found = {
        (" ".join(tokens[slice(*f.feature)]), " ".join(tokens[slice(*f.opinion)]), f.sentiment)
        for f in extractor(tokens)
    }
    assert (feature, opinion, 1 if sign == "+" else -1) in found
