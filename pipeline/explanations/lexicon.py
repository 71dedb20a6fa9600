"""The feature lexicon: which features the corpus speaks of often enough, and how it judges them."""

from collections import Counter

import pyarrow as pa

from pipeline import artifacts
from pipeline.tables import LEXICON


def suffixes(feature: str) -> list[str]:
    """The feature and its shorter ends, longest first: "tone control knob", "control knob", "knob"."""
    words = feature.split()
    return [" ".join(words[i:]) for i in range(len(words))]


class FeatureCounts:
    """How many tuples a feature has; those of "sound quality" count for "quality" too."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, feature: str) -> None:
        """Count one tuple of `feature`."""
        self._counts.update(suffixes(feature))

    def __getitem__(self, feature: str) -> int:
        """Tuples of `feature`, 0 for an unknown one."""
        return self._counts[feature]

    def resolve(self, feature: str, minimum: int) -> str | None:
        """Return the longest end of `feature` with `minimum` tuples or more; None if there is none."""
        return next((end for end in suffixes(feature) if self._counts[end] >= minimum), None)


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
