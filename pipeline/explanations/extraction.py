"""Pairs of feature and opinion phrases in a sentence, with their sentiment.

After the phrase-level extraction of Zhang et al., "Explicit Factor Models for Explainable Recommendation
based on Phrase-level Sentiment Analysis" (SIGIR 2014), section 3.1, with patterns in place of a parser.
"""

import re
from typing import NamedTuple

from pipeline.explanations.encoding import Encoder
from pipeline.explanations.polarity import PriorPolarity, guess
from pipeline.explanations.tagging import Tagger
from pipeline.explanations.wordlists import (
    GENERIC,
    JUDGING_NOUNS,
    NEGATIVE_TASTE,
    NEGATIVE_VERBS,
    POSITIVE_VERBS,
    TASTE_VERBS,
)

Span = tuple[int, int]

_NOUN_PHRASE = re.compile(r"(?:[AC]|g(?=[NA]))*(?:N|s(?=[NA]))+(?:(?:[A](?=N))?N|s(?=N))*")
_MODIFIERS = re.compile(r"(?:,?&?R*[JQE])*,?&?R*")
_PREMODIFIERS = r"[DQJAECRg!]*"
_BETWEEN_PREDICATE = re.compile(
    # a prepositional phrase or a short relative clause after the subject
    rf"(?:[PT]{_PREMODIFIERS}[NOsS]+|W?S[xR]*[vV]r?,?|;[^;]{{1,12}};)*,?W?[xR!]*"
    # the verb, perhaps with an object, and the adjectives before this one
    rf"(?:[Ll][xL!RD]*|[xv][xvr!]*(?:{_PREMODIFIERS}[NS])?R*)"
    rf"(?:[JAKEv][PTN]?[,;&B!]+(?:[Ll]|x)?[RD]*)*[RD!]*"
)
_NOMINAL_PREDICATE = re.compile(r"[xR!]*(?:[Llxv])[xL!R]*[DQJAR!]*")
_SUBJECT_OF_VERB = re.compile(r"(?:[PT][DQJAECR]*[NO]+)*,?W?[xR!L]*(?:[FV]r?&)?R*")
_OBJECT = re.compile(rf"r?[RP]?(?:[DQ]+P)?{_PREMODIFIERS}")
_AFTER_PREPOSITION = re.compile(rf"R*[PT]g?{_PREMODIFIERS}")
_COORDINATION = re.compile(r"(?:,|,?&|;)[DQAg]*")
_CLIMB = re.compile(r"P[DQJAERC]*")
_BARE_PREDICATE = re.compile(r"R*")
_VERB_TASK = re.compile(r"T(v)(r?)")
_MANNER = re.compile(r"(?:^|[SW,;&B.!R])[xR]*([vlF])r?R*$")
_NEGATED = re.compile(r"![DxRLlTvA]{0,3}$")

_TASKS = frozenset("easy easier easiest hard harder difficult simple tough fun simpler quick convenient".split())
_FUNCTION_VERBS = frozenset("work works worked function functions fit fits hold holds last lasts stay".split())


class Finding(NamedTuple):
    """A (feature, opinion) pair of one sentence.

    Attributes:
        feature, opinion: (begin, end) token indices.
        sentiment: +1 or -1.
        rule: the name of the pattern that found it.
    """

    feature: Span
    opinion: Span
    sentiment: int
    rule: str


class Extractor:
    """Finds (feature, opinion, sentiment) in tokenized sentences; holds the lexicons, loaded once."""

    def __init__(self) -> None:
        self.tagger = Tagger()
        self.polarity = PriorPolarity()
        self._encoder = Encoder(self.polarity)

    def __call__(self, tokens: list[str]) -> list[Finding]:
        """Return the findings of one sentence, in the order of their opinions, each pair once."""
        words = [token.lower() for token in tokens]
        codes = self._encoder.encode(words, self.tagger.tag(tokens))
        if not _CANDIDATE.search(codes):
            return []
        return _Sentence(words, codes, self.polarity).findings()


_CANDIDATE = re.compile("[JEKVFOA]|!v")


class _Sentence:
    """One sentence while it is being searched."""

    def __init__(self, words: list[str], codes: str, polarity: PriorPolarity) -> None:
        self.words, self.codes, self.polarity = words, codes, polarity
        self.phrases = [match.span() for match in _NOUN_PHRASE.finditer(codes)]
        self.at = {i: n for n, span in enumerate(self.phrases) for i in range(*span)}

    def findings(self) -> list[Finding]:
        found: dict[tuple[Span, Span], Finding] = {}
        for i, code in enumerate(self.codes):
            rule = _RULES.get(code)
            for finding in rule(self, i) if rule else ():
                if self._is_feature(finding.feature):
                    found.setdefault((finding.feature, finding.opinion), finding)
        return list(found.values())

    def _is_feature(self, span: Span) -> bool:
        head = self.words[span[1] - 1]
        return len(head) > 1 and head not in GENERIC and head[0].isalpha()

    # Noun phrases and their coordination.

    def with_coordinated(self, n: int, forward: bool, backward: bool) -> list[Span]:
        group = [self.phrases[n]]
        m = n
        while forward and m + 1 < len(self.phrases) and self._coordinated(m):
            m += 1
            if self.codes[self.phrases[m][1] : self.phrases[m][1] + 1] in tuple("Llxv"):
                break  # the subject of the next clause
            group.append(self.phrases[m])
        m = n
        while backward and m > 0 and self._coordinated(m - 1):
            m -= 1
            group.append(self.phrases[m])
        return group

    def _coordinated(self, n: int) -> bool:
        between = self.codes[self.phrases[n][1] : self.phrases[n + 1][0]]
        return bool(_COORDINATION.fullmatch(between))

    def subject(self, before: int, between: re.Pattern[str]) -> list[Span]:
        """Noun phrases left of `before` that `between` joins to it; heads of their `of`-phrases."""
        for n in range(len(self.phrases) - 1, -1, -1):
            begin, end = self.phrases[n]
            if end > before:
                continue
            if before - end > 14:
                return []
            if between.fullmatch(self.codes, end, before):
                while n and _CLIMB.fullmatch(self.codes, self.phrases[n - 1][1], begin):
                    n -= 1
                    begin = self.phrases[n][0]
                lead = self.codes[: self.phrases[n][0]].rstrip("DQAJR")
                return self.with_coordinated(n, forward=False, backward=not lead.endswith(("v", "V", "P")))
        return []

    # Opinions.

    def negated_span(self, i: int, end: int) -> tuple[Span, bool]:
        match = _NEGATED.search(self.codes, max(0, i - 4), i)
        if not match or self.words[match.start() + 1] == "only":
            return (i, end), False
        begin = match.start()
        if self.words[begin] == "n't":
            begin -= 1
        return (max(0, begin), end), True

    def judged(self, i: int, end: int | None = None) -> tuple[Span, int]:
        """The opinion phrase that ends with token i and its sentiment in context."""
        word = self.words[i]
        sign = self.polarity(word) or (guess(word) if word not in self.polarity else 1)
        begin = i
        if i and self.words[i - 1] == "too" and word not in ("bad", "shabby"):
            begin, sign = i - 1, -1
        span, negated = self.negated_span(begin, end or i + 1)
        if i and self.words[i - 1] in ("less", "least"):
            span, sign = (i - 1, span[1]), -sign
        return span, -sign if negated else sign

    def all(self, features: list[Span], opinion: Span, sign: int, rule: str) -> list[Finding]:
        return [Finding(feature, opinion, sign, rule) for feature in features]

    # One method a letter.

    def adjective(self, i: int) -> list[Finding]:
        opinion, sign = self.judged(i)
        after = _MODIFIERS.match(self.codes, i + 1)
        n = self.at.get(after.end()) if after else None
        if n is not None and (self.phrases[n][0] == after.end() or self.phrases[n][0] > i):
            if "," not in after.group() or after.group().strip(",&R"):
                group = self.with_coordinated(n, forward=self._bare_list(n), backward=False)
                return self.all(group, opinion, sign, "attributive")
        task = _VERB_TASK.match(self.codes, i + 1)
        if task and self.words[i] in _TASKS:
            return self.all([(task.start(1), task.end())], opinion, sign, "task")
        found = self.all(self.subject(i, _BETWEEN_PREDICATE), opinion, sign, "predicative")
        if not found and self.codes[i + 1 : i + 2] in ("", ",", ".", ";", "&", "B"):
            found = self.all(self.subject(i, _BARE_PREDICATE), opinion, sign, "bare")
        return found or self.manner(i, opinion, sign)

    def _bare_list(self, n: int) -> bool:
        """Whether the next coordinated phrase has no determiner of its own ("great food and service")."""
        end = self.phrases[n][1]
        return self.codes[end : end + 1] in ("&", ",", ";") and self.codes[end + 1 : end + 2] in ("N", "A", "&")

    def manner(self, i: int, opinion: Span, sign: int) -> list[Finding]:
        """"works great": the verb is the feature when its subject is a pronoun or missing."""
        match = _MANNER.search(self.codes, max(0, i - 6), i)
        if not match or match.group(1) == "L":
            return []
        return self.all([match.span(1)], opinion, sign, "manner")

    def neutral_adjective(self, i: int) -> list[Finding]:
        if i in self.at or self.words[i] in self.polarity or not _PREDICATE_POSITION.search(self.codes, 0, i):
            return []
        return [f._replace(rule="unknown") for f in self.adjective(i) if f.rule == "predicative"]

    def experience(self, i: int) -> list[Finding]:
        opinion, sign = self.judged(i)
        n = self._object(i + 1, _AFTER_PREPOSITION)
        if n is not None:
            return self.all(self.with_coordinated(n, True, False), opinion, sign, "experience")
        return self.adjective(i)

    def _object(self, begin: int, pattern: re.Pattern[str]) -> int | None:
        match = pattern.match(self.codes, begin)
        if not match:
            return None
        n = self.at.get(match.end())
        if n is None and match.end() > begin:
            # The pattern may have eaten the phrase's own adjectives.
            n = next((self.at[j] for j in range(match.end() - 1, begin - 1, -1) if j in self.at), None)
        return n

    def adverb(self, i: int) -> list[Finding]:
        opinion, sign = self.judged(i)
        if self.codes[i + 1 : i + 2] in ("v", "J", "V"):  # well made
            end = i + 2
            after = _MODIFIERS.match(self.codes, end)
            n = self.at.get(after.end()) if after else None
            if n is not None:
                return self.all([self.phrases[n]], (opinion[0], end), sign, "attributive")
            subject = self.subject(i, _BETWEEN_PREDICATE)
            return self.all(subject, (opinion[0], end), sign, "predicative")
        return self.all(self.subject(i, _BETWEEN_PREDICATE), opinion, sign, "adverb") or self.manner(
            i, opinion, sign
        )

    def taste(self, i: int) -> list[Finding]:
        sign = -1 if self.words[i] in NEGATIVE_TASTE else 1
        opinion, negated = self.negated_span(i, i + 1)
        n = self._object(i + 1, _OBJECT)
        if n is None:
            return []
        group = self.with_coordinated(n, True, False)
        return self.all(group, opinion, -sign if negated else sign, "taste")

    def verdict(self, i: int) -> list[Finding]:
        sign = 1 if self.words[i] in POSITIVE_VERBS else -1
        end = i + 2 if self.words[i] in ("stopped", "stops", "quit", "quits") and self._code(i + 1) == "g" else i + 1
        opinion, negated = self.negated_span(i, end)
        group = self.subject(i, _SUBJECT_OF_VERB)
        return self.all(group, opinion, -sign if negated else sign, "verdict")

    def judging_noun(self, i: int) -> list[Finding]:
        sign = JUDGING_NOUNS[self.words[i]]
        opinion, negated = self.negated_span(i, i + 1)
        sign = -sign if negated else sign
        n = self._object(i + 1, _AFTER_PREPOSITION)
        if n is not None and self.words[i + 1] in ("with", "of", "in", "about", "for", "on"):
            return self.all(self.with_coordinated(n, True, False), opinion, sign, "noun")
        return self.all(self.subject(i, _NOMINAL_PREDICATE), opinion, sign, "noun")

    def plain_verb(self, i: int) -> list[Finding]:
        if self.words[i] not in _FUNCTION_VERBS:
            return []
        opinion, negated = self.negated_span(i, i + 1)
        if not negated:
            return []
        return self.all(self.subject(opinion[0], _SUBJECT_OF_VERB), opinion, -1, "function")

    def _code(self, i: int) -> str:
        return self.codes[i] if i < len(self.codes) else "."


_PREDICATE_POSITION = re.compile(r"[Ll][R!]*(?:[JA][,&]+R*)*$")
_RULES = {
    "J": _Sentence.adjective,
    "A": _Sentence.neutral_adjective,
    "E": _Sentence.experience,
    "K": _Sentence.adverb,
    "V": _Sentence.taste,
    "F": _Sentence.verdict,
    "O": _Sentence.judging_noun,
    "v": _Sentence.plain_verb,
}
