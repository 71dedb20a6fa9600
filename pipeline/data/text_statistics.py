"""Running figures of the review texts."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass
class TextStatistics:
    """Figures of the texts so far, so that no text needs to be kept."""

    reviews: int = 0
    empty: int = 0
    words: int = 0
    longest: int = 0

    def add(self, texts: pa.StringArray) -> None:
        """Count reviews, at least one; words are what white space separates."""
        words = count_words(texts)
        self.reviews += len(words)
        self.empty += int((words == 0).sum())
        self.words += int(words.sum())
        self.longest = max(self.longest, int(words.max()))

    def summary(self) -> dict[str, float]:
        """Return counts, and the mean number of words of the texts that aren't empty (0 without any)."""
        filled = self.reviews - self.empty
        return {
            "reviews": self.reviews,
            "empty": self.empty,
            "words_mean": round(self.words / filled if filled else 0.0, 6),
            "words_max": self.longest,
        }


def count_words(texts: pa.StringArray) -> np.ndarray:
    """Return how many words `str.split` finds in each text, 0 for null, int64 [texts]."""
    texts = texts.fill_null("")
    ends = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)[: ends[-1]]
    # Tab to carriage return, and the four separators with the space; numbers wrap around at 256.
    word = ~((letters - 9 < 5) | (letters - 28 < 5))
    begins = word.copy()
    begins[1:] &= ~word[:-1]
    firsts = ends[:-1][ends[:-1] < ends[1:]]
    begins[firsts] = word[firsts]
    words = np.diff(np.searchsorted(np.flatnonzero(begins), ends))
    # Unicode has more white space.
    for place in np.flatnonzero(~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)):
        words[place] = len(texts[place].as_py().split())
    return words
