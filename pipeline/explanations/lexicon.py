"""The feature lexicon: which features the corpus speaks of often enough, and how it judges them."""

import math
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from pipeline import artifacts
from pipeline.tables import LEXICON

LEAST_INFORMATION = math.log(3)
"""How much likelier (log) a word must be before the rest of a feature than anywhere in the corpus."""


def suffixes(feature: str) -> list[str]:
    """The feature and its shorter ends, longest first: "tone control knob", "control knob", "knob"."""
    words = feature.split()
    return [" ".join(words[i:]) for i in range(len(words))]


def beside(words: Sequence[str], begin: int, end: int) -> tuple[str, str]:
    """The words left and right of words[begin:end], empty at an end of the sentence."""
    return words[begin - 1] if begin else "", words[end] if end < len(words) else ""


class FeatureCounts:
    """How many tuples a feature has; those of "sound quality" count for "quality" too.

    Beside them the words of all sentences, as the background, and the neighbours of multi-word features:
    sums of batches, so that the number of workers changes nothing.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._total = 0
        self._neighbours: Counter[tuple[str, int, str]] = Counter()
        self._commonest: dict[tuple[str, int], tuple[int, str]] = {}

    def add(self, feature: str, before: str = "", after: str = "") -> None:
        """Count one tuple of `feature` between the words `before` and `after`, empty where there is none."""
        left = before
        for end, word in zip(suffixes(feature), feature.split(), strict=True):
            self._counts[end] += 1
            if " " in end:
                sides = enumerate((left, after))
                self._neighbours.update((end, side, near) for side, near in sides if near)
            left = word

    def add_words(self, words: Sequence[str]) -> None:
        """Count the words of a sentence, in small letters, whatever was found in it."""
        self._words.update(words)
        self._total += len(words)

    def update(self, other: "FeatureCounts") -> None:
        """Add the counts of another batch."""
        self._counts.update(other._counts)
        self._words.update(other._words)
        self._total += other._total
        self._neighbours.update(other._neighbours)

    def __getitem__(self, feature: str) -> int:
        """Tuples of `feature`, 0 for an unknown one."""
        return self._counts[feature]

    def resolve(self, feature: str, minimum: int) -> str | None:
        """Return the longest end of `feature` that has `minimum` tuples or more and holds up, else None."""
        ends = (end for end in suffixes(feature) if self._counts[end] >= minimum)
        return next((end for end in ends if self.holds_up(end)), None)

    def holds_up(self, feature: str) -> bool:
        """Whether the corpus shows `feature` to be a unit (Zhang et al., SIGIR 2014, section 3.1).

        Its first word has LEAST_INFORMATION about the rest, and no word stands beside it nearly always, which
        would make it a piece of a longer one ("state amp"). One word holds up, and so does all in a corpus
        without background.
        """
        if " " not in feature or not self._words:
            return True
        first = feature.split()[0]
        if not first[0].isalnum() or first == "of":
            return False  # the tail of "glass of wine"
        fixed = any(self._fixed(feature, side) for side in (0, 1))
        return not fixed and self.information(feature) >= LEAST_INFORMATION

    def information(self, feature: str) -> float:
        """Pointwise mutual information (nats) of a feature's first word and the words after it.

        The log of the word's share among the tuples of the rest over its share among all words.
        """
        first, _, rest = feature.partition(" ")
        among = self._counts[feature] / self._counts[rest]
        return math.log(among * self._total / max(self._words[first], 1))

    def _fixed(self, feature: str, side: int) -> bool:
        """Whether one word stands left (side 0) or right (1) of `feature` in three of four tuples.

        Words that make up half a percent of the corpus ("the", "is") don't count: they bound a feature.
        """
        if not self._commonest:
            for (end, place, word), number in self._neighbours.items():
                best = self._commonest.get((end, place), (0, ""))
                self._commonest[end, place] = max(best, (number, word))
        number, word = self._commonest.get((feature, side), (0, ""))
        rare = 200 * self._words[word] < self._total
        return rare and 4 * number >= 3 * self._counts[feature]


class PairCounts:
    """How often each (feature, opinion) pair was found positive and negative."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, int]] = Counter()

    def add(self, feature: str, opinion: str, sentiment: int) -> None:
        """Count one tuple; `sentiment` is +1 or -1, or 0 for an unknown one."""
        self._counts[feature, opinion, sentiment] += 1

    def table(self) -> pa.Table:
        """Return the LEXICON table: most frequent pair first, then by alphabet; a tie in sign is positive."""
        pairs = sorted({(feature, opinion) for feature, opinion, _ in self._counts})
        counts = [(pair, self._counts[*pair, 1], self._counts[*pair, -1]) for pair in pairs]
        counts.sort(key=lambda entry: -(entry[1] + entry[2]))
        return artifacts.make_table(
            LEXICON,
            {
                "feature": [pair[0] for pair, _, _ in counts],
                "opinion": [pair[1] for pair, _, _ in counts],
                "sentiment": [(1 if up >= down else -1) if up or down else None for _, up, down in counts],
                "positive": [up for _, up, _ in counts],
                "negative": [down for _, _, down in counts],
            },
        )
