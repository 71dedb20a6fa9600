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
    JUDGING_ADJECTIVES,
    JUDGING_NOUNS,
    LEVELS,
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
W = list[str]


class Encoder:
    """Turns tagged tokens into the letters of this module; remembers what it found for a (word, tag)."""

    def __init__(self, polarity: PriorPolarity) -> None:
        self._polarity = polarity
        self._cache: dict[tuple[str, str], str] = {}

    def encode(self, tokens: list[str], words: list[str], tags: list[str]) -> str:
        """Return one letter a token; `words` are the tokens in small letters."""
        cache = self._cache
        letters = []
        for key in zip(words, tags, strict=True):
            letter = cache.get(key)
            if letter is None:
                letter = cache[key] = self._letter(*key)
            letters.append(letter)
        return self._in_context(tokens, words, tags, letters)

    def _letter(self, word: str, tag: str) -> str:
        if word in _BY_WORD:
            return _BY_WORD[word]
        if word in NEGATION:
            return "!"
        if word in SUBORDINATORS and tag != "WDT":
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
        sign = self._polarity(word) if tag == "VBN" else 0
        # VADER finds "played" positive: a participle praises only as an adjective ("polished").
        return "J" if sign < 0 or (sign and word in self._polarity.adjectives) else "v"

    def _content(self, word: str, tag: str) -> str:
        if tag.startswith("NN"):
            return "O" if word in JUDGING_NOUNS else "N"
        if tag.startswith("JJ"):
            if word in EXPERIENCE:
                return "E"
            if word in QUANTIFIERS:
                return "Q"
            return "J" if self._polarity(word) or word in LEVELS else "A"
        if tag.startswith("RB"):
            return "K" if self._polarity(word) and word != "pretty" else "R"
        if tag == "VBG":
            if word in TASTE_VERBS:
                return "V"
            judging = word in self._polarity.adjectives and self._polarity(word)
            return "F" if word in NEGATIVE_VERBS else "J" if judging else "g"
        return ";" if not word.isalnum() else "X"

    def _in_context(self, tokens: list[str], words: list[str], tags: list[str], letters: list[str]) -> str:
        last = len(letters) - 1
        before = "."
        for i, letter in enumerate(letters):
            after = letters[i + 1] if i < last else "."
            rule = _CONTEXT.get(letter)
            if rule:
                letters[i] = rule(self, i, tokens, words, tags, before, after)
            before = letters[i]
        return "".join(letters)

    def _determiner(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        return "S" if words[i] in PRONOUNS and after not in "NOAJQCDREgK" else "D"

    def _boundary(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        return "R" if words[i] in ("so", "that", "as") and after in "JAKERQ" else "B"

    def _adverb(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        if after in "JAE" and not (after == "J" and tags[i + 1] == "VBN"):
            return "R"  # "incredibly good", "pretty cheap", but "beautifully prepared"
        if after in "vV" and tags[i + 1] != "VBN":
            return "R"  # "definitely try"
        return "J" if words[i] in JUDGING_ADJECTIVES and after in "NAg" and before not in "NvFV" else "K"

    def _gerund(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        if (before in "DJA" and after not in "NOD") or (before == "N" and after in "LlF.,"):
            return "N"
        return "A" if before in "RK" and i > 1 and tags[i - 2].startswith("VB") and after in ".,;&B" else "g"

    def _noun(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        if words[i] in self._polarity.adjectives and before in "RKL" and tags[i] == "NN" and after != "P":
            return "J" if self._polarity(words[i]) else "N"
        return "N"

    def _judging_noun(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        return "N" if after == "N" else "O"

    def _judging(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        if before == "K" and tags[i] == "VBN":
            return "v"  # "beautifully prepared": one opinion, found at its adverb
        if words[i] == "hard" and after == "N":
            return "A"  # a hard case
        if words[i] == "little" and (before in "DJA" or after in "JANQ"):
            return "Q"
        return "J"

    def _verb_in_context(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        if before in "LR" and words[i] in JUDGING_ADJECTIVES and tags[i] in ("VB", "VBP"):
            return "J"  # "the service is prompt"
        return "v"

    def _linking(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        return "N" if before == "D" and after in ",.;&LPx" else "l"  # "the looks"

    def _taste(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        if words[i] in ("like", "love", "prefer") and _is_wish(words, i):
            return "v"
        if words[i] == "try" and not _is_advice(i, words, before):
            return "v"
        if tags[i] == "VBN" and before in "LR" and after != "D":
            return "J"  # "is highly recommended"
        return "v" if before == "W" else "V"  # "anyone who likes"

    def _plain(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        if before == "D" and after in "LlxvF.,;":
            return "N"  # "the manual is"
        return "J" if i and words[i - 1] == "too" else "A"  # "too heavy"

    def _quantifier(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        degree = words[i] in ("more", "most", "less", "least", "much")
        return "R" if degree and after in "JAKE" else "Q"

    def _number(self, i: int, tokens: W, words: W, tags: W, before: str, after: str) -> str:
        named = before == "N" and tokens[i - 1][0].isupper()
        return "N" if named and (after != "N" or tokens[i + 1][0].isupper()) else "C"  # Windows 7


def _is_wish(words: list[str], i: int) -> bool:
    return any(word in ("would", "'d", "might") for word in words[max(0, i - 3) : i])


def _is_advice(i: int, words: list[str], before: str) -> bool:
    """Whether a verb is an imperative or comes after "must": "try the bag", not "I try bags"."""
    return (
        i == 0
        or before in ",;&."
        or words[i - 1] in ("must", "should", "definitely", "sure", "then", "please")
    )


_CONTEXT = {
    "D": Encoder._determiner,
    "B": Encoder._boundary,
    "K": Encoder._adverb,
    "g": Encoder._gerund,
    "N": Encoder._noun,
    "O": Encoder._judging_noun,
    "J": Encoder._judging,
    "l": Encoder._linking,
    "v": Encoder._verb_in_context,
    "V": Encoder._taste,
    "A": Encoder._plain,
    "Q": Encoder._quantifier,
    "C": Encoder._number,
}
