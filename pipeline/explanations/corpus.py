"""Two passes over a corpus of reviews: one extracts and counts, the other selects with the final lexicon.

Between the passes the extracted tuples lie in a scratch file, so that each review is parsed once and memory
holds a batch, the counts, and the table of explanations.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import artifacts
from pipeline.explanations.config import ExplanationsConfig
from pipeline.explanations.conjunctions import partners
from pipeline.explanations.evidence import Corrections, Evidence, Statement
from pipeline.explanations.extraction import Extractor
from pipeline.explanations.languages import is_foreign
from pipeline.explanations.lexicon import FeatureCounts, PairCounts, beside
from pipeline.explanations.segmentation import segment
from pipeline.explanations.selection import Candidate, Choice, Outcome, choose, wanted_sentiment
from pipeline.runtime.engines.base import Engine
from pipeline.runtime.engines.local import LocalEngine
from pipeline.tables import TUPLES

_FOUND = pa.struct(
    {"sentence": pa.int32(), "feature": pa.string(), "opinion": pa.string(), "sentiment": pa.int8()}
)
SCRATCH = pa.schema(
    {
        "row": pa.int64(),
        "user": pa.int32(),
        "item": pa.int32(),
        "rating": pa.float32(),
        "has_text": pa.bool_(),
        "foreign": pa.bool_(),
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
    sentences, statements = _read(text, extractor, FeatureCounts())
    return sentences, [candidate for candidate, _ in statements]


def _read(
    text: str, extractor: Extractor, counts: FeatureCounts
) -> tuple[list[str], list[tuple[Candidate, int]]]:
    """As extract_review, each tuple with what its neighbour says of its sentiment (see conjunctions).

    `counts` takes in the features and the words.
    """
    sentences: list[str] = []
    found: list[tuple[Candidate, int]] = []
    for sentence in segment(text, extractor.tagger):
        if len(sentence.tokens) > LONGEST:
            continue
        words = [token.lower() for token in sentence.tokens]
        counts.add_words(words)
        findings = extractor(sentence.tokens)
        if not findings:
            continue
        joined = partners(words, findings)
        for finding, partner in zip(findings, joined, strict=True):
            feature, opinion = (
                sentence.text[sentence.offsets[begin][0] : sentence.offsets[end - 1][1]].lower()
                for begin, end in (finding.feature, finding.opinion)
            )
            counts.add(feature, *beside(words, *finding.feature))
            found.append((Candidate(len(sentences), feature, opinion, finding.sentiment), partner))
        sentences.append(sentence.text)
    return sentences, found


class Extracted(NamedTuple):
    """What the first pass makes of a batch: its lines for the scratch file, and its counts."""

    lines: pa.RecordBatch
    counts: FeatureCounts
    totals: Counter[str]
    evidence: Evidence


def extract(
    reviews: Iterable[pa.RecordBatch],
    scratch: Path,
    extractor: Extractor,
    evidence: Evidence | None = None,
    engine: Engine = LocalEngine(),  # noqa: B008 - immutable
) -> tuple[FeatureCounts, Counter[str]]:
    """First pass: write each review's tuples to `scratch`; return feature counts and corpus counts.

    `evidence`, if given, takes in what the corpus says of polarities. Other processes of `engine` have
    extractors of their own; the result is the same for any engine.
    """
    counts = FeatureCounts()
    totals = Counter[str]()
    work = partial(extract_batch, extractor=extractor) if engine.here else extract_batch
    with artifacts.table_writer(scratch, SCRATCH) as writer:
        for done in engine.map(work, reviews):
            counts.update(done.counts)
            totals.update(done.totals)
            if evidence is not None:
                evidence.update(done.evidence)
            writer.write_batch(done.lines)
    return counts, totals


@cache
def _process_extractor() -> Extractor:
    """The extractor of a worker process, loaded once."""
    return Extractor()


def extract_batch(batch: pa.RecordBatch, extractor: Extractor | None = None) -> Extracted:
    """Extract one batch of REVIEWS."""
    extractor = extractor or _process_extractor()
    counts = FeatureCounts()
    evidence = Evidence()
    totals = Counter[str]()
    lines = []
    for review in batch.to_pylist():
        line, statements = _extract_line(review, extractor, counts)
        evidence.add(statements, wanted_sentiment(review["rating"]))
        marks = {"with_text": line["has_text"], "foreign": line["foreign"], "with_tuples": line["found"]}
        totals.update(["reviews", *(f"reviews_{name}" for name, value in marks.items() if value)])
        lines.append(line)
    return Extracted(pa.RecordBatch.from_pylist(lines, schema=SCRATCH), counts, totals, evidence)


def _extract_line(
    review: dict[str, Any], extractor: Extractor, counts: FeatureCounts
) -> tuple[dict[str, Any], list[Statement]]:
    text = (review["text"] or "").strip()
    foreign = bool(text) and is_foreign(text)
    sentences, found = _read(text, extractor, counts) if text and not foreign else ([], [])
    line = {
        **{name: review[name] for name in ("row", "user", "item", "rating")},
        "has_text": bool(text),
        "foreign": foreign,
        "sentences": sentences,
        "found": [candidate._asdict() for candidate, _ in found],
    }
    return line, [Statement(c.feature, c.opinion, c.sentiment, partner) for c, partner in found]


def select(
    scratch: Path,
    tuples: Path,
    counts: FeatureCounts,
    config: ExplanationsConfig,
    corrections: Corrections | None = None,
) -> tuple[pa.Table, PairCounts, Counter[str]]:
    """Second pass: write the tuples of lexicon features; return CHOICES, pair counts and agreement counts.

    The sentiments are those after `corrections`.
    """
    corrections = corrections or Corrections()
    pairs = PairCounts()
    agreement = Counter[str]()
    batches: list[pa.RecordBatch] = []
    with artifacts.table_writer(tuples, TUPLES) as writer:
        for batch in artifacts.read_batches(scratch, SCRATCH):
            lines = batch.to_pylist()
            kept = [(line, _kept(line, counts, config.min_feature_count, corrections)) for line in lines]
            writer.write_batch(pa.RecordBatch.from_pylist(list(_tuples(kept)), schema=TUPLES))
            for line, candidates in kept:
                _count(line["rating"], candidates, pairs, agreement)
            choices = [_choice(line, candidates, counts, config) for line, candidates in kept]
            batches.append(pa.RecordBatch.from_pylist(choices, schema=CHOICES))
    return pa.Table.from_batches(batches, schema=CHOICES), pairs, agreement


def _kept(
    line: dict[str, Any], counts: FeatureCounts, minimum: int, corrections: Corrections
) -> list[Candidate]:
    kept = []
    for found in line["found"]:
        feature = counts.resolve(found["feature"], minimum)
        if feature is not None:
            sentiment = corrections.sentiment(feature, found["opinion"], found["sentiment"])
            kept.append(Candidate(found["sentence"], feature, found["opinion"], sentiment))
    return kept


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
    elif line["foreign"]:
        choice = Choice(Outcome.OTHER_LANGUAGE)
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
    users = ranked["user"].to_numpy()
    items = ranked["item"].to_numpy()
    first = [True, *((users[1:] != users[:-1]) | (items[1:] != items[:-1]))] if len(users) else []
    return ranked.filter(pa.array(first, type=pa.bool_()))
