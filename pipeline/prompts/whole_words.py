"""Text, users and items of one input as tokens, with the whole-word row of each token (section 4.2).

Every token of the k-th ID of an input (a user or an item is one ID) gets row k, from 1; every other token
gets row 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.prompts.templates import Template
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.tasks.base import Question


@dataclass(frozen=True)
class WordTokens:
    """Token ids of many words in two flat arrays.

    Attributes:
        tokens: int32 [total].
        offsets: int64 [words + 1].
    """

    tokens: np.ndarray
    offsets: np.ndarray

    @classmethod
    def encode(cls, tokenizer: PromptTokenizer, words: Sequence[str]) -> "WordTokens":
        """Tokenize every word once."""
        return cls.join(tokenizer.encode(words))

    @classmethod
    def join(cls, arrays: Sequence[np.ndarray]) -> "WordTokens":
        """Lay arrays of token ids end to end."""
        offsets = np.cumsum([0, *(len(array) for array in arrays)])
        tokens = np.concatenate(arrays) if arrays else np.empty(0)
        return cls(tokens.astype(np.int32), offsets.astype(np.int64))

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.offsets) - 1

    def __getitem__(self, word: int) -> np.ndarray:
        """Return the tokens of one word, int32 [length]."""
        return self.tokens[self.offsets[word] : self.offsets[word + 1]]

    def take(self, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the tokens of `words` in a row, int32 [total], and the length of each, int64 [words]."""
        starts = self.offsets[words]
        lengths = self.offsets[words + 1] - starts
        ends = np.cumsum(lengths)
        inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        return self.tokens[np.repeat(starts, lengths) + inside], lengths


@dataclass(frozen=True)
class Encoded:
    """One input.

    Attributes:
        tokens: token ids, int32 [L].
        rows: whole-word rows, int32 [L].
        item_rows: the rows of the question's items, in their order.
        slots: as `Batch` has them, int32 [L]; None where it has none.
    """

    tokens: np.ndarray
    rows: np.ndarray
    item_rows: range
    slots: np.ndarray | None = None


class PromptEncoder:
    """Fill wordings with users and items, as tokens; every word is tokenized once, ahead."""

    def __init__(
        self, tokenizer: PromptTokenizer, users: Sequence[str], items: Sequence[str], table: int
    ) -> None:
        """Take the words that name users and items, and the rows of the whole-word table."""
        self._tokenizer = tokenizer
        self._users = WordTokens.encode(tokenizer, users)
        self._items = WordTokens.encode(tokenizer, items)
        self._table = table
        self._text: dict[str, np.ndarray] = {}

    def fill(self, template: Template, question: Question) -> Encoded:
        """Encode a wording with a question's user and items."""
        return self.encode(template, question.user, question.items)

    def encode(self, template: Template, user: int, items: np.ndarray) -> Encoded:
        """Encode a wording with a user and, for its other placeholder, one or more items in order.

        The input ends with the end-of-sequence token. Raises ValueError when it holds
        more IDs than the whole-word table has rows for.
        """
        if len(items) + 1 >= self._table:
            raise ValueError(
                f"an input of {len(items) + 1} users and items, prompts.whole_words is {self._table}: "
                f"{len(items) + 2} or more wanted"
            )
        tokens: list[np.ndarray] = []
        rows: list[np.ndarray] = []
        seen = 0
        item_rows = range(0)
        for word in template.words:
            if word.startswith("{"):
                table, ids = (self._users, np.array([user])) if word == "{user}" else (self._items, items)
                found, lengths = table.take(ids)
                own = range(seen + 1, seen + 1 + len(ids))
                rows.append(np.repeat(own, lengths))
                seen += len(ids)
                if word != "{user}":
                    item_rows = own
            else:
                found = self._word(word)
                rows.append(np.zeros(len(found), dtype=np.int64))
            tokens.append(found)
        tokens.append(np.array([self._tokenizer.eos]))
        rows.append(np.zeros(1, dtype=np.int64))
        return Encoded(
            np.concatenate(tokens).astype(np.int32), np.concatenate(rows).astype(np.int32), item_rows
        )

    def _word(self, word: str) -> np.ndarray:
        if word not in self._text:
            self._text[word] = self._tokenizer.encode([word])[0]
        return self._text[word]
