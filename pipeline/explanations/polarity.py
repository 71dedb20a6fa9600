"""Prior polarity of words: VADER's lexicon, pattern's (shipped by TextBlob) and our own review words."""

import re
from importlib.util import find_spec
from pathlib import Path

from pipeline.explanations.tagging import textblob_folder
from pipeline.explanations.wordlists import NEGATIVE, NEUTRAL, POSITIVE

_ENTRY = re.compile(r'<word form="([^"]+)".*?pos="(\w+)".*?polarity="([-.\d]+)" subjectivity="([.\d]+)"')
_FIRM = 1.5
"""Least mean rating (of -4 to 4) in VADER's lexicon of a word whose polarity no context turns."""
_NEGATIVE_FORMS = re.compile(r"^(?:un|in|im|dis|mis|over|under|non)[a-z]{4,}$|less$")


class PriorPolarity:
    """Polarity of adjectives, adverbs and verbs out of context: +1, -1, or 0 for words that don't judge.

    `adjectives` holds the words that judge as adjectives or adverbs, be they participles or nouns else.

    Our own words overrule VADER, VADER overrules pattern: VADER's are rated by people one by one, pattern's
    mostly averaged over senses.
    """

    def __init__(self) -> None:
        pattern = _pattern()
        ours = {**dict.fromkeys(NEUTRAL, 0), **dict.fromkeys(POSITIVE, 1), **dict.fromkeys(NEGATIVE, -1)}
        vader = _vader()
        self._signs = {**pattern, **vader, **ours}
        self._firm = frozenset(word for word in _vader(_FIRM) if self._signs[word] == vader[word])
        self.adjectives = frozenset(pattern) | POSITIVE | NEGATIVE

    def __call__(self, word: str) -> int:
        """Return the sign of a small-letter word; 0 too for words that no lexicon holds.

        Comparatives and superlatives that no lexicon holds have the sign of their base.
        """
        sign = self._signs.get(word)
        return self._signs.get(_base(word), 0) if sign is None else sign

    def firm(self, word: str) -> bool:
        """Whether people agree on the word's polarity whatever it is said of ("great", "awful")."""
        return word in self._firm or _base(word) in self._firm

    def __contains__(self, word: object) -> bool:
        """Whether a lexicon holds the word, be it as one that doesn't judge."""
        return word in self._signs


_DEGREE = re.compile(r"(?:i?er|i?est)$")


def _base(word: str) -> str:
    match = _DEGREE.search(word)
    if not match or len(word) < 5:
        return word
    stem = word[: match.start()]
    if match.group().startswith("i"):
        return stem + "y"
    return stem[:-1] if stem[-1] == stem[-2] else stem


def guess(word: str) -> int:
    """Sign of a judging word that no lexicon holds, by its form ("unresponsive", "soulless"): mostly +1."""
    return -1 if _NEGATIVE_FORMS.search(word) else 1


def _vader(threshold: float = 0.5) -> dict[str, int]:
    spec = find_spec("vaderSentiment")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("vaderSentiment isn't installed; the extraction reads its lexicon")
    path = Path(spec.submodule_search_locations[0]) / "vader_lexicon.txt"
    signs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, value = line.split("\t")[:2]
        if word.isascii() and word[0].isalpha() and abs(float(value)) >= threshold:
            signs[word] = 1 if float(value) > 0 else -1
    return signs


def _pattern(threshold: float = 0.1) -> dict[str, int]:
    text = (textblob_folder() / "en-sentiment.xml").read_text(encoding="utf-8")
    values: dict[str, list[float]] = {}
    for word, pos, polarity, _ in _ENTRY.findall(text):
        if pos in ("JJ", "RB"):
            values.setdefault(word, []).append(float(polarity))
    means = {word: sum(found) / len(found) for word, found in values.items()}
    return {word: (mean > 0) - (mean < 0) for word, mean in means.items() if abs(mean) >= threshold}
