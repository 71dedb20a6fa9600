"""The word vocabulary of the explanation baselines; from words back to text nothing is lost."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

PAD, START, END, UNKNOWN = range(4)
"""Padding, what stands before the first word, what stands behind the last, and a word of no vocabulary."""
SPECIALS = ("<pad>", "<start>", "<end>", "<unknown>")

_WORD = re.compile(r" ?\w+(?:'\w+)*| ?[^\w\s]")


def split_words(text: str) -> list[str]:
    """Return words and signs, each with the space before it if there is one: " great", " sound", "!"."""
    return _WORD.findall("".join(f" {part}" for part in text.split()))


class WordVocabulary:
    """Words with their ids; ids below len(SPECIALS) are no words."""

    def __init__(self, words: Sequence[str]) -> None:
        """Take the words in the order of their ids."""
        self._words = [*SPECIALS, *words]
        self._ids = {word: place for place, word in enumerate(self._words)}

    @classmethod
    def of(cls, sentences: Iterable[str], size: int) -> "WordVocabulary":
        """Make a vocabulary of the `size` most frequent words; ties go by the alphabet."""
        counts = Counter(word for sentence in sentences for word in split_words(sentence))
        return cls(sorted(counts, key=lambda word: (-counts[word], word))[:size])

    def __len__(self) -> int:
        """Return V, specials included."""
        return len(self._words)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text's words, UNKNOWN for those that aren't in the vocabulary."""
        return [self._ids.get(word, UNKNOWN) for word in split_words(text)]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of `ids` up to END."""
        words: list[str] = []
        for number in ids:
            if number == END:
                break
            words.append(self._words[number])
        return "".join(words).strip()
