"""Pairs of feature and opinion phrases in a sentence, with their sentiment.

After the phrase-level extraction of Zhang et al., "Explicit Factor Models for Explainable Recommendation
based on Phrase-level Sentiment Analysis" (SIGIR 2014), section 3.1, with patterns over part-of-speech letters
(see encoding) in place of a parser.
"""

import re
from typing import NamedTuple

from pipeline.explanations.encoding import Encoder
from pipeline.explanations.judgement import Judge, Opinion
from pipeline.explanations.phrases import NounPhrases, Span
from pipeline.explanations.polarity import PriorPolarity
from pipeline.explanations.tagging import Tagger
from pipeline.explanations.wordlists import (
    COST_NOUNS,
    FAILING_PHRASES,
    FUNCTION_VERBS,
    GENERIC_TASKS,
    JUDGING_NOUNS,
    LACKING,
    MANNER_VERBS,
    NEGATIVE_TASTE,
    PARTICLES,
    POSITIVE_VERBS,
    STOPPING_VERBS,
    TASK_ADJECTIVES,
    THINGS,
    UNMISSED,
    WHOLE_PRONOUNS,
)

_OPINIONS = re.compile("[JEKVFOA!]")
_FAILING_VERBS = frozenset(verb for verb, _ in FAILING_PHRASES)
_ORNAMENTS = frozenset('"*~_^') | {"``", "''"}
"""Tokens that change nothing: the "sound" is *great*."""
_MODIFIERS = re.compile(r"(?:,?&?R*[JQE])*R*")
_PREMODIFIERS = r"[DQJAECRg!]*"
_PREDICATE = re.compile(
    # a prepositional phrase or a short relative clause after the subject
    rf"(?:[PT]{_PREMODIFIERS}[NOsS]+|W?S[xR]*[vV]r?,?|;[^;]{{1,12}};)*,?W?[xR!]*"
    # the verb, perhaps with an object, and the adjectives before this one
    rf"(?:[Ll][xL!RD]*|[xv][xvr!]*(?:{_PREMODIFIERS}[NS])?R*)"
    rf"(?:[JAKEv][PTN]?[,;&B!]+(?:[Ll]|x)?[RD]*)*[RD!]*"
)
_NOMINAL_PREDICATE = re.compile(r"[xR!]*(?:[Llxv])[xL!R]*[DQJAR!]*")
_VERBLESS_PREDICATE = re.compile(r"R*")
_VERB_OF_SUBJECT = re.compile(r"(?:[PT][DQJAECR]*[NO]+)*,?W?[xR!L]*(?:[FV]r?&)?R*")
_OBJECT = re.compile(rf"r?[RP]?(?:[DQ]+P)?{_PREMODIFIERS}")
_AFTER_PREPOSITION = re.compile(rf"R*[PT]g?{_PREMODIFIERS}")
_EXCLAMATION = re.compile(r"D?[AgC]*N+(?=[xL]*L)")
_EXISTENCE = re.compile(r"(?:S[xR]*L|[xP])R*$")
_AFTER_LACK = re.compile(rf"(?:P|g)?{_PREMODIFIERS}")
_AFTER_NO = re.compile(r"[AgE]*")
_NAMED_AFTER = re.compile(
    rf"(?:[PT]{_PREMODIFIERS}(?:N+|S)|W?S[xR]*[vV]|W[xR!]*[LlvV][PrJRDN]*){{0,2}},?[xR]*LD(?:[QJAECRg]*)"
)
_TASK = re.compile(r"T(v)[rP]?")
_MANNER = re.compile(r"(?:^|[SW,;&B.!R])[xR]*([vlF])r?R*$")
_PREDICATE_POSITION = re.compile(r"[Ll][R!]*(?:[JA][,&]+R*)*$")


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
        if _ORNAMENTS.isdisjoint(tokens):
            return self._findings(tokens)
        places = [i for i, token in enumerate(tokens) if token not in _ORNAMENTS]
        findings = self._findings([tokens[i] for i in places])

        def moved(span: Span) -> Span:
            return places[span[0]], places[span[1] - 1] + 1

        return [f._replace(feature=moved(f.feature), opinion=moved(f.opinion)) for f in findings]

    def _findings(self, tokens: list[str]) -> list[Finding]:
        words = [token.lower() for token in tokens]
        codes = self._encoder.encode(tokens, words, self.tagger.tag(tokens))
        if not _OPINIONS.search(codes) and _FAILING_VERBS.isdisjoint(words):
            return []
        return _Sentence(words, codes, self.polarity).findings()


class _Sentence:
    """One sentence while it is being searched; a method per letter that can be an opinion."""

    def __init__(self, words: list[str], codes: str, polarity: PriorPolarity) -> None:
        self.words = words
        self.codes = codes
        self.polarity = polarity
        self.phrases = NounPhrases(words, codes)
        self.judge = Judge(words, codes, polarity)

    def findings(self) -> list[Finding]:
        found: dict[tuple[Span, Span], Finding] = {}
        for i, code in enumerate(self.codes):
            rule = _RULES.get(code)
            for finding in rule(self, i) if rule else ():
                feature = self.phrases.whole(finding.feature)
                if self.phrases.is_feature(feature):
                    found.setdefault((feature, finding.opinion), finding._replace(feature=feature))
        return list(found.values())

    def pairs(self, features: list[Span], opinion: Opinion, rule: str) -> list[Finding]:
        return [Finding(f, opinion.span, self.judge.sign_of(f, opinion), rule) for f in features]

    def code(self, i: int) -> str:
        return self.codes[i] if i < len(self.codes) else "."

    def adjective(self, i: int) -> list[Finding]:
        if self.code(i + 1) == "J":
            return []  # one opinion with the next adjective
        if i + 1 < len(self.words) and self.words[i + 1] in THINGS:
            return self.named_after(i + 2, self.judge.word(i, modifier=True))
        return self.attributive(i) or self.exclamation(i) or self.task(i) or self.predicative(i)

    def attributive(self, i: int) -> list[Finding]:
        """ "great sound", "solid and durable strings"."""
        after = _MODIFIERS.match(self.codes, i + 1)
        n = self.phrases.at.get(after.end()) if after else None
        if after is None or n is None:
            return []
        begin = self.phrases.spans[n][0]
        if begin != after.end() and begin <= i:
            return []
        if ("," in after.group() or "&" in after.group()) and self.in_predicate(i):
            return []
        listed = self.phrases.with_coordinated(n, forward=self.phrases.bare_list(n))
        return self.pairs(listed, self.judge.word(i, modifier=True), "attributive")

    def in_predicate(self, i: int) -> bool:
        return _PREDICATE_POSITION.search(self.codes, max(0, i - 12), i) is not None

    def exclamation(self, i: int) -> list[Finding]:
        """ "how expensive the strings are"."""
        if not i or self.words[i - 1] != "how" or not _EXCLAMATION.match(self.codes, i + 1):
            return []
        n = self.phrases.object(i + 1, _EXCLAMATION)
        return self.pairs([self.phrases.spans[n]], self.judge.word(i), "exclamation") if n is not None else []

    def task(self, i: int) -> list[Finding]:
        """ "easy to set up"."""
        match = _TASK.match(self.codes, i + 1)
        if not match or self.words[i] not in TASK_ADJECTIVES or self.words[match.start(1)] in GENERIC_TASKS:
            return []
        end = match.end() if self.words[match.end() - 1] in PARTICLES else match.end(1)
        return self.pairs([(match.start(1), end)], self.judge.word(i), "task")

    def predicative(self, i: int) -> list[Finding]:
        """ "the sound is great", "service impeccable"."""
        opinion = self.judge.word(i)
        found = self.pairs(self.phrases.subject(i, _PREDICATE), opinion, "predicative")
        if not found and self.code(i + 1) in ",.;&B":
            found = self.pairs(self.phrases.subject(i, _VERBLESS_PREDICATE), opinion, "verbless")
        return found or self.manner(i, opinion)

    def manner(self, i: int, opinion: Opinion) -> list[Finding]:
        """ "works great": the verb is the feature when its subject is a pronoun or missing."""
        match = _MANNER.search(self.codes, max(0, i - 6), i)
        if not match or self.words[match.start(1)] not in MANNER_VERBS:
            return []
        if self.codes[match.start()] == "S" and self.words[match.start()] not in WHOLE_PRONOUNS:
            return []
        return self.pairs([match.span(1)], opinion, "manner")

    def unknown_adjective(self, i: int) -> list[Finding]:
        """An adjective that no lexicon holds judges in the predicate alone."""
        if i in self.phrases.at or self.words[i] in self.polarity or not self.in_predicate(i):
            return []
        return [f._replace(rule="unknown") for f in self.adjective(i) if f.rule == "predicative"]

    def experience(self, i: int) -> list[Finding]:
        """ "happy with the sound"."""
        n = self.phrases.object(i + 1, _AFTER_PREPOSITION)
        if n is None:
            return self.adjective(i)
        return self.pairs(self.phrases.with_coordinated(n, forward=True), self.judge.word(i), "experience")

    def adverb(self, i: int) -> list[Finding]:
        """ "the strap fits well"; "a well made strap"."""
        opinion = self.judge.word(i)
        if self.code(i + 1) not in ("v", "J", "V"):
            found = self.pairs(self.phrases.subject(i, _PREDICATE), opinion, "adverb")
            return found or self.manner(i, opinion)
        opinion = Opinion((opinion.span[0], i + 2), opinion.sign)
        after = _MODIFIERS.match(self.codes, i + 2)
        n = self.phrases.at.get(after.end()) if after else None
        if n is not None:
            return self.pairs([self.phrases.spans[n]], opinion, "attributive")
        return self.pairs(self.phrases.subject(i, _PREDICATE), opinion, "predicative")

    def taste(self, i: int) -> list[Finding]:
        """ "love the sound and the look"."""
        n = self.phrases.object(i + 1, _OBJECT)
        if n is None:
            return []
        opinion = self.judge.phrase((i, i + 1), -1 if self.words[i] in NEGATIVE_TASTE else 1)
        return self.pairs(self.phrases.with_coordinated(n, forward=True), opinion, "taste")

    def verdict(self, i: int) -> list[Finding]:
        """ "the strap broke", "the pedal stopped working"."""
        two = self.words[i] in STOPPING_VERBS and self.code(i + 1) == "g"
        opinion = self.judge.phrase((i, i + 1 + two), 1 if self.words[i] in POSITIVE_VERBS else -1)
        return self.pairs(self.phrases.subject(i, _VERB_OF_SUBJECT), opinion, "verdict")

    def judging_noun(self, i: int) -> list[Finding]:
        """ "problems with the strap", "the strap is a joke"."""
        opinion = self.judge.phrase((i, i + 1), JUDGING_NOUNS[self.words[i]])
        n = self.phrases.object(i + 1, _AFTER_PREPOSITION)
        if n is not None and self.words[i + 1] in ("with", "of", "in", "about", "for", "on"):
            return self.pairs(self.phrases.with_coordinated(n, forward=True), opinion, "noun")
        found = self.pairs(self.phrases.subject(i, _NOMINAL_PREDICATE), opinion, "noun")
        return found or self.named_after(i + 1, opinion)

    def absence(self, i: int) -> list[Finding]:
        """ "lack of support", "it lacks a case", "there is no manual"."""
        lacking = self.words[i] in LACKING
        if not lacking and not (self.words[i] == "no" and _EXISTENCE.search(self.codes, max(0, i - 6), i)):
            return []
        n = self.phrases.object(i + 1, _AFTER_LACK if lacking else _AFTER_NO)
        missed = self.words[self.phrases.spans[n][1] - 1] if n is not None else ""
        if n is None or missed in COST_NOUNS | UNMISSED or self.polarity(missed) < 0:
            return []
        opinion = Opinion((i, i + 1), -1)
        return self.pairs(self.phrases.with_coordinated(n, forward=True), opinion, "absence")

    def named_after(self, begin: int, opinion: Opinion) -> list[Finding]:
        """ "the best part is the sound", "the only drawback of it was the strap"."""
        n = self.phrases.object(begin, _NAMED_AFTER)
        if n is None:
            return []
        return self.pairs(self.phrases.with_coordinated(n, forward=True), opinion, "named after")

    def plain_verb(self, i: int) -> list[Finding]:
        """ "the tuner doesn't work", "the knob fell off"."""
        if (self.words[i], *self.words[i + 1 : i + 2]) in FAILING_PHRASES:
            opinion = Opinion((i, i + 2), -1)
            return self.pairs(self.phrases.subject(i, _VERB_OF_SUBJECT), opinion, "failing")
        if self.words[i] not in FUNCTION_VERBS:
            return []
        opinion = self.judge.phrase((i, i + 1), 1)
        if opinion.sign > 0:
            return []
        return self.pairs(self.phrases.subject(opinion.span[0], _VERB_OF_SUBJECT), opinion, "function")


_RULES = {
    "J": _Sentence.adjective,
    "A": _Sentence.unknown_adjective,
    "E": _Sentence.experience,
    "K": _Sentence.adverb,
    "V": _Sentence.taste,
    "F": _Sentence.verdict,
    "O": _Sentence.judging_noun,
    "v": _Sentence.plain_verb,
    "!": _Sentence.absence,
}
