"""The product reviews of Hu and Liu (KDD 2004): which labelled features the extraction finds.

A line of a review is `feature[+2][p], other feature[-1]##sentence`. [u] and [p] mark features that the
sentence doesn't name. A label is found where a finding of its sentence has the same words (exact), or where
the shorter one of the two is a part of the other, word by word (overlap); plural s aside.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.explanations.corpus import extract_review
from pipeline.explanations.extraction import Extractor

_LABEL = re.compile(r"\s*([^\[\],][^\[\]]*?)\s*\[([+-])(\d?)\]((?:\[\w+\])*)")


class HuLiuError(ValueError):
    """The archive isn't what was wanted; the message names it."""


class Label(NamedTuple):
    """A labelled feature of a sentence: its words, its sign, and whether the sentence names it."""

    words: frozenset[str]
    sign: int
    named: bool


def read_hu_liu(path: Path) -> Iterator[tuple[list[Label], str]]:
    """Yield the labels and the text of every sentence; raises HuLiuError."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in sorted(archive.namelist()) if name.lower().endswith(".txt")]
            for name in names:
                if "readme" not in name.lower():
                    yield from _sentences(archive.read(name).decode("latin-1"))
    except zipfile.BadZipFile as error:
        raise HuLiuError(f"{path}: {error}; product_reviews_1.zip wanted") from None


def _sentences(text: str) -> Iterator[tuple[list[Label], str]]:
    for line in text.splitlines():
        labels, mark, sentence = line.partition("##")
        if mark and not line.startswith(("*", "[t]")):
            yield parse_labels(labels), sentence.strip()


def parse_labels(text: str) -> list[Label]:
    """Return the labels in front of a sentence; what has no [+] or [-] isn't one."""
    return [
        Label(normal(name), 1 if sign == "+" else -1, "[u]" not in marks and "[p]" not in marks)
        for name, sign, _, marks in (match.groups() for match in _LABEL.finditer(text))
    ]


def normal(feature: str) -> frozenset[str]:
    """The words of a feature in small letters without plural s."""
    words = re.findall(r"[a-z0-9]+", feature.lower())
    return frozenset(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def benchmark(path: Path, extractor: Extractor) -> dict[str, Any]:
    """Shares of labelled features found, and agreement in polarity on those found.

    Where a sentence judges one feature several times the sum of the signs counts; 0 agrees with neither.
    """
    sentences = labels = named = exact = overlap = overlap_named = agreeing = 0
    for wanted, text in read_hu_liu(path):
        sentences += 1
        if not wanted:
            continue
        found = [(normal(c.feature), c.sentiment) for c in extract_review(text, extractor)[1]]
        for label in wanted:
            matches = [sign for words, sign in found if words <= label.words or label.words <= words]
            labels += 1
            named += label.named
            exact += any(words == label.words for words, _ in found)
            overlap += bool(matches)
            overlap_named += bool(matches) and label.named
            agreeing += bool(matches) and sum(matches) * label.sign > 0
    if not sentences:
        raise HuLiuError(f"{path}: no labelled sentences; product_reviews_1.zip wanted")
    return {
        "file": str(path),
        "sentences": sentences,
        "labels": labels,
        "found_exact": _share(exact, labels),
        "found_overlap": _share(overlap, labels),
        "found_overlap_of_named": _share(overlap_named, named),
        "polarity_agreement": _share(agreeing, overlap),
    }
