"""The one sentence of a review that explains its rating.

A sentence qualifies when it has a tuple of a feature in the lexicon whose sentiment agrees with the rating
(4 and more: positive; 2 and less: negative; between, or unrated: either) and its length is readable. Of
those that qualify, the best is, in this order of importance: without a tuple that contradicts the rating;
not a question; no longer than `PREFERRED_WORDS`; most agreeing features, counted up to two; the most frequent
feature; the earliest.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from pipeline.explanations.lexicon import FeatureCounts
from pipeline.explanations.words import tokens

PREFERRED_WORDS = 20
"""Longer sentences yield to shorter ones: training cuts explanations at 20 tokens (protocol)."""


class Outcome(IntEnum):
    """How far a review got on the way to an explanation."""

    NO_TEXT = 0
    OTHER_LANGUAGE = 1
    NO_TUPLE = 2
    NO_FREQUENT_FEATURE = 3
    POLARITY_DISAGREES = 4
    UNREADABLE_LENGTH = 5
    EXPLAINED = 6


class Candidate(NamedTuple):
    """A tuple of a review whose feature is in the lexicon; `sentence` numbers the review's sentences."""

    sentence: int
    feature: str
    opinion: str
    sentiment: int


class Choice(NamedTuple):
    """The outcome for one review; `candidate` and `score` only where it is EXPLAINED."""

    outcome: Outcome
    candidate: Candidate | None = None
    score: float = 0.0


def wanted_sentiment(rating: float | None) -> int:
    """Sign that a rating of 1 to 5 asks for: +1, -1, or 0 for either."""
    if rating is None:
        return 0
    return 1 if rating >= 4 else -1 if rating <= 2 else 0


def choose(
    candidates: Sequence[Candidate],
    sentences: Sequence[str],
    rating: float | None,
    counts: FeatureCounts,
    words: tuple[int, int],
) -> Choice:
    """Choose a review's explanation among its lexicon tuples; `words` is the (fewest, most) words
    (of a script without spaces, characters).

    Deterministic: ties go to the earlier sentence and, within it, to the earlier tuple.
    """
    if not candidates:
        return Choice(Outcome.NO_FREQUENT_FEATURE)
    wanted = wanted_sentiment(rating)
    agreeing = [candidate for candidate in candidates if wanted in (0, candidate.sentiment)]
    if not agreeing:
        return Choice(Outcome.POLARITY_DISAGREES)
    lengths = {number: len(tokens(sentences[number])) for number in {c.sentence for c in agreeing}}
    readable = [c for c in agreeing if words[0] <= lengths[c.sentence] <= words[1]]
    if not readable:
        return Choice(Outcome.UNREADABLE_LENGTH)
    contradicted = {c.sentence for c in candidates if -c.sentiment == wanted}

    def key(number: int) -> tuple[float, ...]:
        features = {c.feature for c in readable if c.sentence == number}
        return (
            number not in contradicted,
            not sentences[number].endswith("?"),
            lengths[number] <= PREFERRED_WORDS,
            min(len(features), 2),
            max(counts[feature] for feature in features),
        )

    best = max(sorted({c.sentence for c in readable}), key=key)
    chosen = max((c for c in readable if c.sentence == best), key=lambda c: counts[c.feature])
    *flags, most = key(best)
    score = sum(float(flag) * 4.0**place for place, flag in enumerate(reversed(flags))) + most / (most + 1.0)
    return Choice(Outcome.EXPLAINED, chosen, score)
