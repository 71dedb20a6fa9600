"""Two passes over a corpus of reviews: one extracts and counts, the other selects with the final lexicon.

Between the passes the extracted tuples lie in a scratch file, so that each review is parsed once and memory
holds a batch, the counts, and the table of explanations.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import artifacts
from pipeline.explanations.config import ExplanationsConfig
from pipeline.explanations.extraction import Extractor
from pipeline.explanations.lexicon import FeatureCounts, PairCounts
from pipeline.explanations.segmentation import segment
from pipeline.explanations.selection import Candidate, Choice, Outcome, choose, wanted_sentiment
from pipeline.tables import TUPLES

_FOUND = pa.struct(
    {"sentence": pa.int32(), "feature": pa.string(), "opinion": pa.string(), "sentiment": pa.int8()}
)
_SCRATCH = pa.schema(
    {
        "row": pa.int64(),
        "user": pa.int32(),
        "item": pa.int32(),
        "rating": pa.float32(),
        "has_text": pa.bool_(),
        "sentences": pa.list_(pa.string()),
        "found": pa.list_(_FOUND),
    }
)
LONGEST = 200
"""Most tokens of a sentence that is searched: longer ones explain nothing, and the search is quadratic."""
CHOICES = pa.schema(
    {
        "user": pa.int32(),
        "item": pa.int32(),
        "row": pa.int64(),
        "rating": pa.float32(),
        "feature": pa.string(),
        "opinion": pa.string(),
        "sentiment": pa.int8(),
        "explanation": pa.string(),
        "outcome": pa.int8(),
        "score": pa.float64(),
    }
)
"""One review a line: its explanation, or how far it got (`outcome`, an Outcome)."""


def extract_review(text: str, extractor: Extractor) -> tuple[list[str], list[Candidate]]:
    """Return the sentences of a review that hold a tuple, and the tuples; phrases in small letters."""
    sentences: list[str] = []
    found: list[Candidate] = []
    for sentence in segment(text, extractor.tagger):
        findings = extractor(sentence.tokens) if len(sentence.tokens) <= LONGEST else []
        if not findings:
            continue
        for finding in findings:
            feature, opinion = (
                sentence.text[sentence.offsets[begin][0] : sentence.offsets[end - 1][1]].lower()
                for begin, end in (finding.feature, finding.opinion)
            )
            found.append(Candidate(len(sentences), feature, opinion, finding.sentiment))
        sentences.append(sentence.text)
    return sentences, found


def extract(
    reviews: Iterable[pa.RecordBatch], scratch: Path, extractor: Extractor
) -> tuple[FeatureCounts, Counter[str]]:
    """First pass: write each review's tuples to `scratch`; return feature counts and corpus counts."""
    counts, totals = FeatureCounts(), Counter[str]()
    with artifacts.table_writer(scratch, _SCRATCH) as writer:
        for batch in reviews:
            lines = [_extract_line(review, extractor) for review in batch.to_pylist()]
            for line in lines:
                for candidate in line["found"]:
                    counts.add(candidate["feature"])
            totals["reviews"] += len(lines)
            totals["reviews_with_text"] += sum(line["has_text"] for line in lines)
            totals["reviews_with_tuples"] += sum(bool(line["found"]) for line in lines)
            writer.write_batch(pa.RecordBatch.from_pylist(lines, schema=_SCRATCH))
    return counts, totals


def _extract_line(review: dict[str, Any], extractor: Extractor) -> dict[str, Any]:
    text = (review["text"] or "").strip()
    sentences, found = extract_review(text, extractor) if text else ([], [])
    line = {name: review[name] for name in ("row", "user", "item", "rating")}
    return {
        **line,
        "has_text": bool(text),
        "sentences": sentences,
        "found": [candidate._asdict() for candidate in found],
    }


def select(
    scratch: Path, tuples: Path, counts: FeatureCounts, config: ExplanationsConfig
) -> tuple[pa.Table, PairCounts, Counter[str]]:
    """Second pass: write the tuples of lexicon features; return CHOICES, pair counts and agreement counts."""
    pairs, agreement = PairCounts(), Counter[str]()
    batches: list[pa.RecordBatch] = []
    with artifacts.table_writer(tuples, TUPLES) as writer:
        for batch in artifacts.read_batches(scratch, _SCRATCH):
            kept = [(line, _kept(line, counts, config.min_feature_count)) for line in batch.to_pylist()]
            writer.write_batch(pa.RecordBatch.from_pylist(list(_tuples(kept)), schema=TUPLES))
            for line, candidates in kept:
                _count(line["rating"], candidates, pairs, agreement)
            choices = [_choice(line, candidates, counts, config) for line, candidates in kept]
            batches.append(pa.RecordBatch.from_pylist(choices, schema=CHOICES))
    return pa.Table.from_batches(batches, schema=CHOICES), pairs, agreement


def _kept(line: dict[str, Any], counts: FeatureCounts, minimum: int) -> list[Candidate]:
    resolved = ((found, counts.resolve(found["feature"], minimum)) for found in line["found"])
    return [Candidate(**{**found, "feature": feature}) for found, feature in resolved if feature is not None]


def _tuples(kept: list[tuple[dict[str, Any], list[Candidate]]]) -> Iterator[dict[str, Any]]:
    for line, candidates in kept:
        for candidate in candidates:
            named = {name: line[name] for name in ("row", "user", "item")}
            yield {**named, **candidate._asdict(), "sentence": line["sentences"][candidate.sentence]}


def _count(rating: float | None, found: list[Candidate], pairs: PairCounts, agreement: Counter[str]) -> None:
    wanted = wanted_sentiment(rating)
    side = {1: "positive", -1: "negative", 0: "undecided"}[wanted]
    for candidate in found:
        pairs.add(candidate.feature, candidate.opinion, candidate.sentiment)
        agreement[side] += 1
        agreement[f"{side}_agreeing"] += candidate.sentiment == wanted


def _choice(
    line: dict[str, Any], candidates: list[Candidate], counts: FeatureCounts, config: ExplanationsConfig
) -> dict[str, Any]:
    if not line["has_text"]:
        choice = Choice(Outcome.NO_TEXT)
    elif not line["found"]:
        choice = Choice(Outcome.NO_TUPLE)
    else:
        words = (config.min_words, config.max_words)
        choice = choose(candidates, line["sentences"], line["rating"], counts, words)
    found = choice.candidate
    return {
        **{name: line[name] for name in ("user", "item", "row", "rating")},
        "feature": found.feature if found else None,
        "opinion": found.opinion if found else None,
        "sentiment": found.sentiment if found else None,
        "explanation": line["sentences"][found.sentence].strip(" -*\"'") if found else None,
        "outcome": int(choice.outcome),
        "score": choice.score,
    }


def best_per_pair(choices: pa.Table) -> pa.Table:
    """Return CHOICES with one line per (user, item), ascending.

    Of several reviews the furthest outcome counts, then the best score, then the first row.
    """
    order = [("user", "ascending"), ("item", "ascending"), ("outcome", "descending")]
    ranked = choices.sort_by([*order, ("score", "descending"), ("row", "ascending")])
    users, items = ranked["user"].to_numpy(), ranked["item"].to_numpy()
    first = [True, *((users[1:] != users[:-1]) | (items[1:] != items[:-1]))] if len(users) else []
    return ranked.filter(pa.array(first, type=pa.bool_()))
