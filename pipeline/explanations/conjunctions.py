"""Opinions that "and" or "but" joins in a sentence: what one says of the other's polarity."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.explanations.extraction import Finding
from pipeline.explanations.wordlists import BETWEEN_OPINIONS, KEEPING, TURNING

_REACH = 6
"""Most tokens between two joined opinions."""


def partners(words: Sequence[str], findings: Sequence[Finding]) -> list[int]:
    """Return for each finding the sentiment its neighbour suggests: the neighbour's after "and", the
    opposite after "but", 0 where no other opinion is joined to it.

    Joined are two opinions of one feature with nothing but small words and one conjunction between them
    ("cheap and flimsy", "heavy, but very well made"). `words` are the tokens in small letters.
    """
    # An unknown word's sign is a guess and says nothing of others.
    signs = [0 if finding.rule == "unknown" else finding.sentiment for finding in findings]
    found = [0] * len(findings)
    order = sorted(range(len(findings)), key=lambda i: findings[i].opinion)
    for left, right in pairwise(order):
        one = findings[left]
        other = findings[right]
        relation = _relation(words[one.opinion[1] : other.opinion[0]])
        if relation and one.feature == other.feature:
            found[left] = found[left] or relation * signs[right]
            found[right] = found[right] or relation * signs[left]
    return found


def _relation(between: Sequence[str]) -> int:
    """+1 for "and", -1 for "but", 0 for anything that joins no opinions."""
    if len(between) > _REACH or not all(word in BETWEEN_OPINIONS for word in between):
        return 0
    turns = sum(word in TURNING for word in between)
    keeps = sum(word in KEEPING for word in between)
    return (keeps - turns) if keeps + turns == 1 else 0
