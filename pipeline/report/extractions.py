"""Random extractions to judge by eye: a sentence with the feature and the opinion found in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

Span = tuple[int, int]


@dataclass(frozen=True)
class Part:
    """A piece of a sentence; `role` is "feature", "opinion" or empty."""

    text: str
    role: str = ""


@dataclass(frozen=True)
class Extraction:
    """One tuple: its sentence in pieces, the phrases in small letters, and the item, by raw id."""

    parts: list[Part]
    feature: str
    opinion: str
    positive: bool
    item: str


def make_extractions(
    tuples: pa.Table, items: pa.Table, count: int, rng: np.random.Generator
) -> list[Extraction]:
    """Return at most `count` of the TUPLES, drawn at random without repeats, in review order."""
    chosen = np.sort(rng.choice(len(tuples), size=min(count, len(tuples)), replace=False))
    names = dict(zip(items["item"].to_pylist(), items["item_id"].to_pylist(), strict=True))
    return [
        Extraction(
            parts=mark(one["sentence"], one["feature"], one["opinion"]),
            feature=one["feature"],
            opinion=one["opinion"],
            positive=one["sentiment"] > 0,
            item=names[one["item"]],
        )
        for one in tuples.take(chosen).to_pylist()
    ]


def mark(sentence: str, feature: str, opinion: str) -> list[Part]:
    """Cut a sentence into pieces around its feature and its opinion, whole words, capitals aside.

    Of phrases that stand there several times the two nearest to each other are meant, then the first ones; a
    phrase that isn't found, or only inside the other, stays unmarked.
    """
    features = list(_places(sentence, feature))
    opinions = list(_places(sentence, opinion))
    apart = [(f, o) for f, o in product(features, opinions) if f[1] <= o[0] or o[1] <= f[0]]
    if apart:
        found = min(apart, key=lambda pair: max(pair[0][0] - pair[1][1], pair[1][0] - pair[0][1]))
        spans = sorted(zip(found, ("feature", "opinion"), strict=True))
    else:
        spans = [(f, "feature") for f in features[:1]] or [(o, "opinion") for o in opinions[:1]]
    parts = []
    end = 0
    for (begin, stop), role in spans:
        parts += [Part(sentence[end:begin]), Part(sentence[begin:stop], role)]
        end = stop
    return [part for part in (*parts, Part(sentence[end:])) if part.text]


def _places(sentence: str, phrase: str) -> Iterator[Span]:
    pattern = rf"(?<!\w){re.escape(phrase)}(?!\w)"
    return (match.span() for match in re.finditer(pattern, sentence, re.IGNORECASE) if phrase)
