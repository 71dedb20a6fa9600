"""What the corpus itself says about the polarity of its opinion words: ratings and conjunctions.

After Zhang et al., "Do users rate or review? Boost phrase-level sentiment labeling with review-level
sentiment classification" (SIGIR 2014): a rating bounds the polarity of what its review says, and "and" keeps
the polarity of the opinion before it where "but" turns it. Here both are evidence for or against the prior
polarity of an opinion of a feature ("heavy case", "heavy strings"); the prior gives way to strong evidence
alone.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.explanations.lexicon import suffixes
from pipeline.explanations.polarity import PriorPolarity
from pipeline.explanations.wordlists import JUDGING_NOUNS, NEGATIVE_VERBS, POSITIVE_VERBS, TASTE_VERBS

LEAST = 10
"""Fewest reviews and conjunctions that speak of a pair before its polarity may change."""
THRESHOLD = math.log(1000)
"""How much likelier (log) the other polarity must make the evidence than the prior polarity does."""
LEAST_JOINED = 3
"""Fewest conjunctions, those against taken off, that it takes to change an opinion over all features."""
CONJUNCTION = math.log(4)
"""Weight of one conjunction: it tells the truth in four of five cases."""
ANY = ""
"""Stands for the feature where an opinion is counted over all features."""

_JUDGING = TASTE_VERBS | POSITIVE_VERBS | NEGATIVE_VERBS | frozenset(JUDGING_NOUNS)
Key = tuple[str, str, int]
"""Last word of the feature (or ANY), opinion phrase, prior sentiment."""


class Statement(NamedTuple):
    """A tuple as evidence: feature, opinion, prior sentiment; and the one it is joined to, if any.

    `partner` is the sentiment of the opinion at the other end of an "and" (as it is) or "but" (turned round),
    0 without one.
    """

    feature: str
    opinion: str
    sentiment: int
    partner: int = 0


class Evidence:
    """Counts of ratings and conjunctions per (feature, opinion, prior sentiment); sums of batches."""

    def __init__(self) -> None:
        self.ratings: Counter[tuple[Key, int]] = Counter()
        self.conjunctions: Counter[tuple[Key, int]] = Counter()

    def add(self, statements: Iterable[Statement], wanted: int) -> None:
        """Count the statements of one review; `wanted` is its rating's sign, 0 for none or the middle.

        A review counts once for each pair, however often it repeats it.
        """
        keys: set[Key] = set()
        for one in statements:
            for head in (suffixes(one.feature)[-1], ANY):
                key = (head, one.opinion, one.sentiment)
                keys.add(key)
                if one.partner:
                    self.conjunctions[key, one.partner] += 1
        if wanted:
            self.ratings.update((key, wanted) for key in keys)

    def update(self, other: "Evidence") -> None:
        """Add the counts of another batch."""
        self.ratings.update(other.ratings)
        self.conjunctions.update(other.conjunctions)

    def corrections(self, polarity: PriorPolarity) -> "Corrections":
        """Return the pairs whose prior sentiment the corpus overrules.

        A pair changes if all of this holds: LEAST or more reviews and conjunctions speak of it; its opinion
        isn't firm (see `correctable`); neither the ratings nor the conjunctions take the prior's side, and
        ratings that aren't better (or worse) than usual by two standard deviations take neither, for what is
        neutral has the usual ones;
        together they are at least e^THRESHOLD times likelier under the other sign. An opinion over all
        features changes only if LEAST_JOINED conjunctions say so too: what is expensive elsewhere is often
        named in praise.
        """
        share = self._shares()
        usual = self._usual()
        ratings, joined = (_sides(counts) for counts in (self.ratings, self.conjunctions))
        corrected: set[Key] = set()
        seen: set[Key] = set()
        for key in sorted(ratings.keys() | joined.keys()):
            if not correctable(key[1], polarity):
                continue
            up, down = ratings.get(key, (0, 0))
            with_up, with_down = joined.get(key, (0, 0))
            if up + down + with_up + with_down < LEAST:
                continue
            seen.add(key)
            by_rating = (up * _ratio(share) + down * _ratio([1 - part for part in share])) * key[2]
            if by_rating < 0 and not _unusual(up, up + down, usual, -key[2]):
                by_rating = 0.0
            by_words = (with_up - with_down) * CONJUNCTION * key[2]
            if key[0] == ANY and (with_down - with_up) * key[2] < LEAST_JOINED:
                continue
            if max(by_rating, by_words) <= 0 and by_rating + by_words <= -THRESHOLD:
                corrected.add(key)
        return Corrections(corrected, seen)

    def _usual(self) -> float:
        """Share of positive ratings over all statements, 0 without any."""
        sides = Counter[int]()
        for ((head, _, _), side), number in self.ratings.items():
            if head == ANY:
                sides[side] += number
        return sides[1] / max(sides.total(), 1)

    def _shares(self) -> list[float]:
        """Share of positive ratings among reviews that state something positive, and something negative.

        Each with one review added on both sides; where praise doesn't go with better ratings than blame,
        ratings say nothing and both are 1/2.
        """
        totals: Counter[tuple[int, int]] = Counter()
        for ((head, _, prior), side), number in self.ratings.items():
            if head == ANY:
                totals[prior, side] += number
        shares = [(totals[prior, 1] + 1) / (totals[prior, 1] + totals[prior, -1] + 2) for prior in (1, -1)]
        return shares if shares[0] > shares[1] else [0.5, 0.5]


def _unusual(up: int, number: int, usual: float, side: int) -> bool:
    """Whether `up` of `number` are more (side 1) or fewer (-1) than a share `usual` gives by chance."""
    deviation = math.sqrt(number * usual * (1 - usual))
    return deviation > 0 and (up - number * usual) * side >= 2 * deviation


def _sides(counts: Counter[tuple[Key, int]]) -> dict[Key, tuple[int, int]]:
    return {key: (counts[key, 1], counts[key, -1]) for key, _ in counts}


def _ratio(shares: Sequence[float]) -> float:
    return math.log(shares[0] / shares[1])


def correctable(opinion: str, polarity: PriorPolarity) -> bool:
    """Whether the corpus may overrule an opinion.

    Not "too X", not a word that is firm ("great"), and no noun or verb that judges ("problem", "broke").
    """
    words = opinion.split()
    return bool(words) and words[0] != "too" and not polarity.firm(words[-1]) and words[-1] not in _JUDGING


class Corrections:
    """The pairs whose prior sentiment is turned round; a pair's own evidence goes before its opinion's."""

    def __init__(self, corrected: Iterable[Key] = (), seen: Iterable[Key] = ()) -> None:
        self._corrected = frozenset(corrected)
        self._seen = frozenset(seen)

    def __len__(self) -> int:
        """Corrected pairs, opinions over all features among them."""
        return len(self._corrected)

    def sentiment(self, feature: str, opinion: str, prior: int) -> int:
        """Return the sentiment of an opinion of a feature whose prior sentiment is `prior`."""
        key = (suffixes(feature)[-1], opinion, prior)
        if key not in self._seen:
            key = (ANY, opinion, prior)
        return -prior if key in self._corrected else prior
