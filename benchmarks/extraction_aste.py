"""Files in the ASTE-Data-V2 format (Xu et al., EMNLP 2020) and the exact-match scores on them.

One line: `sentence####[([feature token indices], [opinion token indices], 'POS'), ...]`, tokens split at
single spaces, indices from 0, polarity POS, NEG or NEU.
"""

import ast
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.explanations.extraction import Extractor, Finding
from pipeline.explanations.lexicon import FeatureCounts, beside
from pipeline.explanations.polarity import PriorPolarity

Span = tuple[int, ...]
Triplet = tuple[Span, Span, str]
FREQUENT = 5
"""Tuples of a feature of the corpus pass, as in params.yaml."""


class AsteError(ValueError):
    """A line isn't in the format; the message names file, line, value seen and value wanted."""


class Labelled(NamedTuple):
    """A sentence of a file: its tokens and the labelled triplets (feature indices, opinion indices, sign)."""

    tokens: list[str]
    triplets: frozenset[Triplet]


def read_aste(path: Path) -> list[Labelled]:
    """Read a file; blank lines are skipped. Raises AsteError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AsteError(f"{path}: not UTF-8: {error}") from None
    lines = enumerate(text.split("\n"), start=1)
    return [_labelled(f"{path}: line {number}", line.rstrip("\r")) for number, line in lines if line.strip()]


def _labelled(where: str, line: str) -> Labelled:
    sentence, mark, labels = line.rpartition("####")
    if not mark:
        raise AsteError(f"{where}: found {line[:60]!r}, wanted sentence####[triplets]")
    tokens = sentence.split(" ")
    try:
        found = ast.literal_eval(labels)
        triplets = [(tuple(feature), tuple(opinion), sign) for feature, opinion, sign in found]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise AsteError(
            f"{where}: found {labels[:60]!r}, wanted [([indices], [indices], 'POS'), ...]"
        ) from None
    for feature, opinion, sign in triplets:
        if sign not in ("POS", "NEG", "NEU"):
            raise AsteError(f"{where}: polarity is {sign!r}, wanted POS, NEG or NEU")
        for span in (feature, opinion):
            if not span or not all(isinstance(i, int) and 0 <= i < len(tokens) for i in span):
                raise AsteError(f"{where}: indices are {list(span)}, wanted some from 0 to {len(tokens) - 1}")
    return Labelled(tokens, frozenset(triplets))


class Score(NamedTuple):
    """Counts of an exact match: right ones, found ones, labelled ones."""

    right: int
    found: int
    labelled: int

    @property
    def precision(self) -> float:
        """Right among found; 0 if nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Right among labelled; 0 if nothing is labelled."""
        return self.right / self.labelled if self.labelled else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 where nothing is found and labelled."""
        both = self.found + self.labelled
        return 2 * self.right / both if both else 0.0

    def figures(self, name: str) -> dict[str, float]:
        """Precision, recall and F1 under `name`, to four digits."""
        values = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {f"{name}_{key}": round(value, 4) for key, value in values.items()}


def triplets_of(findings: Iterable[Finding]) -> set[Triplet]:
    """Findings of one sentence in the form of the labels."""
    return {
        (tuple(range(*f.feature)), tuple(range(*f.opinion)), "POS" if f.sentiment > 0 else "NEG")
        for f in findings
    }


def count(gold: Sequence[set | frozenset], ours: Sequence[set | frozenset]) -> Score:
    """Exact matches over sentences that stand at the same place in both."""
    right = sum(len(a & b) for a, b in zip(gold, ours, strict=True))
    return Score(right, sum(map(len, ours)), sum(map(len, gold)))


def figures(sentences: Sequence[Labelled], predicted: Sequence[Sequence[Finding]]) -> dict[str, Any]:
    """Exact triplet and pair scores of `predicted`, the findings of each of `sentences`."""
    gold = [sentence.triplets for sentence in sentences]
    ours = [triplets_of(findings) for findings in predicted]
    gold_pairs, our_pairs = ([{t[:2] for t in found} for found in side] for side in (gold, ours))
    return {
        "sentences": len(sentences),
        "labelled": sum(map(len, gold)),
        "found": sum(map(len, ours)),
        **count(gold, ours).figures("triplet"),
        **count(gold_pairs, our_pairs).figures("pair"),
    }


def benchmark(path: Path, extractor: Extractor) -> tuple[dict[str, Any], list[Labelled], list[list[Finding]]]:
    """Figures of one file with sentences per second (wall clock), its sentences, and what was found."""
    sentences = read_aste(path)
    begin = time.perf_counter()
    predicted = [extractor(sentence.tokens) for sentence in sentences]
    seconds = time.perf_counter() - begin
    speed = round(len(sentences) / seconds, 1) if seconds else 0.0
    line = {"file": str(path), **figures(sentences, predicted), "sentences_per_second": speed}
    return line, sentences, predicted


def ablation(
    sentences: Sequence[Labelled], predicted: Sequence[Sequence[Finding]], polarity: PriorPolarity
) -> list[tuple[str, int, float, float]]:
    """What each rule adds: (rule, its findings, share of them right, triplet F1 lost without them).

    The last rows are the context of opinions: without it an opinion is its last word with its prior polarity
    (no negation, "too", comparison, level, wish, neighbour); and, among features of FREQUENT tuples, that a
    multi-word one must hold up.
    """
    gold = [sentence.triplets for sentence in sentences]
    whole = count(gold, [triplets_of(findings) for findings in predicted]).f1
    names = Counter(finding.rule for findings in predicted for finding in findings)
    rows = []
    for name, number in sorted(names.items(), key=lambda entry: (-entry[1], entry[0])):
        own = [triplets_of(f for f in findings if f.rule == name) for findings in predicted]
        rest = [triplets_of(f for f in findings if f.rule != name) for findings in predicted]
        rows.append((name, number, count(gold, own).precision, whole - count(gold, rest).f1))

    def row(
        name: str, ours: Sequence[Sequence[Finding]], bare: Sequence[Sequence[Finding]]
    ) -> tuple[str, int, float, float]:
        changed = [set(new) - set(old) for new, old in zip(ours, bare, strict=True)]
        score = count(gold, [triplets_of(findings) for findings in changed])
        with_it, without = (count(gold, [triplets_of(found) for found in side]).f1 for side in (ours, bare))
        return name, score.found, score.precision, with_it - without

    bare = [
        [without_context(finding, sentence.tokens, polarity) for finding in findings]
        for sentence, findings in zip(sentences, predicted, strict=True)
    ]
    frequent = [after_corpus_pass(sentences, predicted, holding) for holding in (True, False)]
    return [
        *rows,
        row("context of opinions", predicted, bare),
        row("features that hold up", *frequent),
    ]


def after_corpus_pass(
    sentences: Sequence[Labelled], predicted: Sequence[Sequence[Finding]], holding: bool
) -> list[list[Finding]]:
    """The findings of FREQUENT features, each cut to its longest frequent end; with `holding`, to one that
    holds up in these sentences."""
    counts = FeatureCounts()
    read = [[token.lower() for token in sentence.tokens] for sentence in sentences]
    for words, findings in zip(read, predicted, strict=True):
        if holding:
            counts.add_words(words)
        for begin, end in (finding.feature for finding in findings):
            counts.add(" ".join(words[begin:end]), *beside(words, begin, end))
    kept = []
    for words, findings in zip(read, predicted, strict=True):
        ends = [counts.resolve(" ".join(words[slice(*f.feature)]), FREQUENT) for f in findings]
        kept.append(
            [
                f._replace(feature=(f.feature[1] - len(end.split()), f.feature[1]))
                for f, end in zip(findings, ends, strict=True)
                if end
            ]
        )
    return kept


def without_context(finding: Finding, tokens: Sequence[str], polarity: PriorPolarity) -> Finding:
    """The finding with its opinion's last word alone, and the sign of that word by itself (unknown: +1)."""
    end = finding.opinion[1]
    return finding._replace(opinion=(end - 1, end), sentiment=polarity(tokens[end - 1].lower()) or 1)
