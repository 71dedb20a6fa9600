"""The noun phrases of a sentence, and which of them an opinion is said of."""

import re

from pipeline.explanations.wordlists import GENERIC, MEASURES

Span = tuple[int, int]

_NOUN_PHRASE = re.compile(r"(?:[AC]|g(?=[NA]))*(?:N|s(?=[NA]))+(?:(?:[A](?=N))?N|s(?=N))*")
_COORDINATION = re.compile(r"(?:,|,?&|;)[DQAg]*")
_OF_PHRASE = re.compile(r"P[DQJAERC]*")
_REACH = 14
"""Most tokens between a subject and its predicate."""


class NounPhrases:
    """The noun phrases of a sentence of letters (see encoding) and `words` in small letters.

    `spans` are (begin, end) token indices; `at` gives the phrase's number for each token inside one.
    """

    def __init__(self, words: list[str], codes: str) -> None:
        self.words = words
        self.codes = codes
        self.spans = [match.span() for match in _NOUN_PHRASE.finditer(codes)]
        self.at = {i: n for n, span in enumerate(self.spans) for i in range(*span)}

    def is_feature(self, span: Span) -> bool:
        """Whether the head, the last word, is specific enough."""
        head = self.words[span[1] - 1]
        compound = span[1] - span[0] > 1 and self.codes[span[1] - 2] == "N"  # "battery life"
        return len(head) > 1 and (head not in GENERIC or compound) and head[0].isalpha()

    def whole(self, span: Span) -> Span:
        """A phrase with what it measures: "selection of wines", "glass of wine"."""
        _, end = span
        n = self.at.get(end + 1)
        if n is None or self.words[end - 1] not in MEASURES or self.words[end] != "of":
            return span
        return span[0], self.spans[n][1]

    def with_coordinated(self, n: int, forward: bool = False, backward: bool = False) -> list[Span]:
        """Phrase n and those that stand in one list with it, to its right or left."""
        group = [self.spans[n]]
        m = n
        while forward and m + 1 < len(self.spans) and self._coordinated(m):
            m += 1
            if self.codes[self.spans[m][1] : self.spans[m][1] + 1] in tuple("Llxv"):
                break  # the subject of the next clause
            group.append(self.spans[m])
        m = n
        while backward and m > 0 and self._coordinated(m - 1):
            m -= 1
            group.append(self.spans[m])
        return group

    def _coordinated(self, n: int) -> bool:
        between = self.codes[self.spans[n][1] : self.spans[n + 1][0]]
        return bool(_COORDINATION.fullmatch(between))

    def subject(self, before: int, between: re.Pattern[str]) -> list[Span]:
        """Phrases left of token `before` that `between` joins to it.

        Of "the sound of the strings" it is the first phrase; a list of subjects comes whole.
        """
        for n in range(len(self.spans) - 1, -1, -1):
            begin, end = self.spans[n]
            if end > before:
                continue
            if before - end > _REACH:
                return []
            if between.fullmatch(self.codes, end, before):
                while n and _OF_PHRASE.fullmatch(self.codes, self.spans[n - 1][1], begin):
                    n -= 1
                    begin = self.spans[n][0]
                lead = self.codes[: self.spans[n][0]].rstrip("DQAJR")
                return self.with_coordinated(n, backward=not lead.endswith(("v", "V", "P")))
        return []

    def object(self, begin: int, pattern: re.Pattern[str]) -> int | None:
        """Number of the phrase that follows token `begin` after what `pattern` allows, None without one."""
        match = pattern.match(self.codes, begin)
        if not match:
            return None
        n = self.at.get(match.end())
        if n is None and match.end() > begin:
            # The pattern may have eaten the phrase's own adjectives.
            n = next((self.at[j] for j in range(match.end() - 1, begin - 1, -1) if j in self.at), None)
        return n

    def bare_list(self, n: int) -> bool:
        """Whether the next coordinated phrase has no determiner of its own ("great food and service")."""
        end = self.spans[n][1]
        return self.codes[end : end + 1] in ("&", ",", ";") and self.codes[end + 1 : end + 2] in (
            "N",
            "A",
            "&",
        )
