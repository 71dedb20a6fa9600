"""The opinion phrase around a judging word, and its sentiment in context."""

import re
from typing import NamedTuple

from pipeline.explanations.phrases import Span
from pipeline.explanations.polarity import PriorPolarity, guess
from pipeline.explanations.wordlists import COST_NOUNS, LEVELS

_NEGATED = re.compile(r"![DxRLlTA]{0,3}$")
_NEGATED_MODIFIER = re.compile(r"![DR]{0,2}$")
_JOINED_BEFORE = re.compile(r"J(?:,|,?&)R*$")
_JOINED_AFTER = re.compile(r"(?:,|,?&)R*J")
_WISHES = (["could", "be"], ["should", "be"], ["could", "use"])


class Opinion(NamedTuple):
    """An opinion phrase: its (begin, end) token indices and its sign, +1 or -1."""

    span: Span
    sign: int


class Judge:
    """Finds the extent and the sentiment of opinions in one sentence of letters (see encoding)."""

    def __init__(self, words: list[str], codes: str, polarity: PriorPolarity) -> None:
        self.words = words
        self.codes = codes
        self.polarity = polarity

    def word(self, i: int, modifier: bool = False) -> Opinion:
        """The opinion that ends with the adjective or adverb i; a `modifier` stands before its noun.

        "too X" and "could be Xer" are negative whatever X is; "less" and a negation turn the sign
        round and belong to the phrase.
        """
        word = self.words[i]
        sign = self.polarity(word) or (1 if word in self.polarity else self.neighbour(i) or guess(word))
        begin = i
        while begin and self._belongs(begin - 1):
            begin -= 1
        if i and self.words[i - 1] == "too" and word not in ("bad", "shabby"):
            begin = i - 1
            sign = -1
        elif i and self.words[i - 1] in ("less", "least"):
            begin = i - 1
            sign = -sign
        if self.words[max(0, begin - 2) : begin] in _WISHES and word.endswith(("er", "ed")):
            return Opinion((begin - 2, i + 1), -1)
        if self._longed_for(begin, word):
            sign = -1
        return self.phrase((begin, i + 1), sign, _NEGATED_MODIFIER if modifier else _NEGATED)

    def neighbour(self, i: int) -> int:
        """Sign of a known adjective that a comma or "and" joins to the unknown one i: "bland and blorpy"."""
        before = _JOINED_BEFORE.search(self.codes, max(0, i - 6), i)
        after = None if before else _JOINED_AFTER.match(self.codes, i + 1)
        if before:
            return self.polarity(self.words[before.start()])
        return self.polarity(self.words[after.end() - 1]) if after else 0

    def _longed_for(self, i: int, word: str) -> bool:
        """ "I wish it had a better strap", "it needs better strings": what is praised is missing."""
        end = max(self.codes.rfind("B", 0, i), self.codes.rfind(".", 0, i)) + 1
        wished = any(wish in self.words[max(end, i - 12) : i] for wish in ("wish", "wished"))
        needed = any(need in self.words[max(end, i - 3) : i] for need in ("need", "needs", "needed"))
        return wished or (needed and word.endswith(("er", "ed")))

    def phrase(self, span: Span, sign: int, negated: re.Pattern[str] = _NEGATED) -> Opinion:
        """The opinion `span`, widened to the left over its negation, which turns its sign round."""
        match = negated.search(self.codes, max(0, span[0] - 4), span[0])
        if not match or self.words[match.start() + 1] == "only":
            return Opinion(span, sign)
        begin = match.start()
        if begin and self.words[begin] == "n't":
            begin -= 1  # the auxiliary
        return Opinion((begin, span[1]), -sign)

    def sign_of(self, feature: Span, opinion: Opinion) -> int:
        """Sign of `opinion` when said of `feature`: a low price is good, a low quality isn't."""
        level = LEVELS.get(self.words[opinion.span[1] - 1])
        first = opinion.span[0]
        if level is None or self.words[first] == "too":
            return opinion.sign
        if opinion.span[1] - first > 1 and self.codes[first] in "!Lx":
            level = -level
        return -level if self.words[feature[1] - 1] in COST_NOUNS else level

    def _belongs(self, i: int) -> bool:
        """Whether token i is a part of the opinion after it: "horribly slow", "nice compact design"."""
        code = self.codes[i]
        word = self.words[i]
        return code == "J" or (code == "R" and word.endswith("ly") and self.polarity(word) != 0)
