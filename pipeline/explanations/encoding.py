"""A sentence as a string of one letter a token, so that the extraction's patterns are regular expressions.

    N noun            J judging adjective     V verb of taste (love)     L be
    O judging noun    E adjective of the      F verb that judges its     l linking verb (sound, feel)
                        reviewer (happy)        subject (fails)          x auxiliary, modal
    A other adjective K judging adverb        v other verb               ! negation
    Q quantifier      R other adverb          g other gerund             r particle
    D determiner      S pronoun               W which, that, who         P preposition   T to
    C number          s possessive 's         & and, or                  B clause boundary (but, because)
    , comma           . full stop and marks   ; other punctuation        X anything else
"""

from pipeline.explanations.polarity import PriorPolarity
from pipeline.explanations.wordlists import (
    AUXILIARY,
    BE,
    EXPERIENCE,
    JUDGING_NOUNS,
    LINKING,
    NEGATION,
    NEGATIVE_VERBS,
    POSITIVE_VERBS,
    PRONOUNS,
    QUANTIFIERS,
    SUBORDINATORS,
    TASTE_VERBS,
)

_BY_TAG = {
    **dict.fromkeys(("PRP", "EX"), "S"),
    **dict.fromkeys(("WDT", "WP", "WRB", "WP$"), "W"),
    **dict.fromkeys(("DT", "PRP$", "PDT"), "D"),
    **{"IN": "P", "TO": "T", "MD": "x", "CC": "&", "CD": "C", "POS": "s", "RP": "r"},
}
_BY_WORD = {",": ",", ".": ".", "!": ".", "?": ".", "...": ".", "/": "&"}
_VERB_TAGS = frozenset(("VB", "VBP", "VBZ", "VBD"))


class Encoder:
    """Turns tagged tokens into the letters of this module; remembers what it found for a (word, tag)."""

    def __init__(self, polarity: PriorPolarity) -> None:
        self._polarity = polarity
        self._cache: dict[tuple[str, str], str] = {}

    def encode(self, words: list[str], tags: list[str]) -> str:
        """Return one letter for each of the small-letter `words`."""
        cache = self._cache
        letters = []
        for key in zip(words, tags, strict=True):
            letter = cache.get(key)
            if letter is None:
                letter = cache[key] = self._letter(*key)
            letters.append(letter)
        return _in_context(words, tags, letters)

    def _letter(self, word: str, tag: str) -> str:
        if word in _BY_WORD:
            return _BY_WORD[word]
        if word in NEGATION:
            return "!"
        if word in SUBORDINATORS:
            return "B"
        if word in PRONOUNS and tag != "DT" and not tag.startswith("W"):
            return "S"
        if tag.startswith("VB") and tag != "VBG":
            return self._verb(word, tag)
        if tag in _BY_TAG:
            return _BY_TAG[tag]
        return self._content(word, tag)

    def _verb(self, word: str, tag: str) -> str:
        if word in BE:
            return "L"
        if word in AUXILIARY:
            return "x"
        if word in LINKING:
            return "l"
        if word in EXPERIENCE:
            return "E"
        if word in TASTE_VERBS:
            return "V"
        if word in POSITIVE_VERBS or word in NEGATIVE_VERBS:
            return "F"
        return "J" if tag == "VBN" and self._polarity(word) else "v"

    def _content(self, word: str, tag: str) -> str:
        if tag.startswith("NN"):
            return "O" if word in JUDGING_NOUNS else "N"
        if tag.startswith("JJ"):
            if word in EXPERIENCE:
                return "E"
            if word in QUANTIFIERS:
                return "Q"
            return "J" if self._polarity(word) else "A"
        if tag.startswith("RB"):
            return "K" if self._polarity(word) else "R"
        if tag == "VBG":
            if word in TASTE_VERBS:
                return "V"
            return "F" if word in NEGATIVE_VERBS else "J" if self._polarity(word) else "g"
        return ";" if not word.isalnum() else "X"


def _in_context(words: list[str], tags: list[str], letters: list[str]) -> str:
    last = len(letters) - 1
    for i, letter in enumerate(letters):
        following = letters[i + 1] if i < last else "."
        if letter == "D" and words[i] in PRONOUNS and following not in "NOAJQCDREg":
            letters[i] = "S"
        elif letter == "K" and following in "JAKE":
            letters[i] = "R"  # "incredibly good", "pretty cheap"
        elif letter == "g" and following not in "NOD" and i and letters[i - 1] in "DJAN":
            letters[i] = "N"
        elif letter == "O" and following == "N":
            letters[i] = "N"
        elif letter == "J" and words[i] == "hard" and following == "N":
            letters[i] = "A"  # hard case, hard drive
        elif letter == "V" and words[i] in ("like", "love", "prefer") and _is_wish(words, i):
            letters[i] = "v"
        elif letter == "V" and tags[i] == "VBN" and i and letters[i - 1] in "LR" and following != "D":
            letters[i] = "J"  # "is highly recommended"
    return "".join(letters)


def _is_wish(words: list[str], i: int) -> bool:
    return any(word in ("would", "'d", "might") for word in words[max(0, i - 3) : i])
