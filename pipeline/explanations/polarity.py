"""Prior polarity of words: VADER's lexicon, pattern's (shipped by TextBlob) and our own review words."""

import re
from importlib.util import find_spec
from pathlib import Path

from pipeline.explanations.tagging import textblob_folder
from pipeline.explanations.wordlists import NEGATIVE, NEUTRAL, POSITIVE

_ENTRY = re.compile(r'<word form="([^"]+)".*?pos="(\w+)".*?polarity="([-.\d]+)" subjectivity="([.\d]+)"')
_NEGATIVE_FORMS = re.compile(r"^(?:un|in|im|dis|mis|over|under|non)[a-z]{4,}$|less$")


class PriorPolarity:
    """Polarity of adjectives, adverbs and verbs out of context: +1, -1, or 0 for words that don't judge.

    Our own words overrule VADER, VADER overrules pattern: VADER's are rated by people one by one, pattern's
    mostly averaged over senses.
    """

    def __init__(self) -> None:
        self._signs = {**_pattern(), **_vader()}
        self._signs.update(dict.fromkeys(NEUTRAL, 0))
        self._signs.update(dict.fromkeys(POSITIVE, 1))
        self._signs.update(dict.fromkeys(NEGATIVE, -1))
        self._known = frozenset(self._signs)

    def __call__(self, word: str) -> int:
        """Return the sign of a small-letter word; 0 too for words that no lexicon holds."""
        return self._signs.get(word, 0)

    def __contains__(self, word: object) -> bool:
        """Whether a lexicon holds the word, be it as one that doesn't judge."""
        return word in self._known


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
