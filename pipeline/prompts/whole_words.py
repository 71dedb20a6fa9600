"""Text, users and items of inputs as tokens, with the whole-word row of each token (section 4.2).

Every token of the k-th ID of an input (a user or an item is one ID) gets row k, from 1; every other token
gets row 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from pipeline.prompts.presentation import Presentation
from pipeline.prompts.templates import Template
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.tasks.base import Question

# Where a user and items stand in a wording.
_USER = np.array([-1])
_ITEMS = np.array([-2])


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

    def extended(self, arrays: Sequence[np.ndarray]) -> "WordTokens":
        """Return these words, and behind them more arrays of token ids."""
        more = WordTokens.join(arrays)
        return WordTokens(
            np.concatenate([self.tokens, more.tokens]),
            np.concatenate([self.offsets, self.offsets[-1] + more.offsets[1:]]),
        )

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
    """Inputs, one behind the other.

    Attributes:
        tokens: token ids, int32 [total].
        rows: whole-word rows, int64 [total].
        places: which of its question's items a token belongs to, from 0, int64 [total]; -1 elsewhere.
        lengths: the tokens of each input, int64 [B].
        slots: as `Batch` has them, int64 [total]; None where there are none.
    """

    tokens: np.ndarray
    rows: np.ndarray
    places: np.ndarray
    lengths: np.ndarray
    slots: np.ndarray | None = None


class PromptEncoder:
    """Fill wordings with users and items, as tokens; every word is tokenized once."""

    def __init__(
        self,
        tokenizer: PromptTokenizer,
        users: Sequence[str],
        items: Sequence[str],
        table: int,
        slots: bool = False,
    ) -> None:
        """Take the words that name users and items, and the rows of the whole-word table.

        With `slots` an item's vector stands in place of the first of its tokens.
        """
        self._slots = slots
        self._tokenizer = tokenizer
        self._items = len(items)
        self._users = np.arange(len(items), len(items) + len(users))
        self._end = np.array([len(items) + len(users)])
        self._table = table
        # Items, users, the end of an input, and the words of wordings as they come.
        self._words = WordTokens.encode(tokenizer, [*items, *users]).extended([np.array([tokenizer.eos])])
        self._wordings: dict[Template, list[np.ndarray]] = {}
        self._growing = Lock()

    def shown(self, presentation: Presentation) -> "PromptEncoder":
        """Return this encoder: it has one way to show items."""
        return self

    def fill(self, templates: Sequence[Template], questions: Sequence[Question]) -> Encoded:
        """Encode a wording for each question, with its user and, for the other placeholder, its items.

        Inputs end with the end-of-sequence token. Raises ValueError when one holds more IDs than the
        whole-word table has rows for.
        """
        most = max(len(question.items) for question in questions)
        if most + 1 >= self._table:
            raise ValueError(
                f"an input of {most + 1} users and items, prompts.whole_words is {self._table}: "
                f"{most + 2} or more wanted"
            )
        parts: list[np.ndarray] = []
        starts = [0]
        for template, question in zip(templates, questions, strict=True):
            count = 0
            for part in self._wording(template):
                if part is _USER:
                    part = self._users[question.user : question.user + 1]
                elif part is _ITEMS:
                    part = question.items
                parts.append(part)
                count += len(part)
            starts.append(starts[-1] + count)
        return self._encoded(np.concatenate(parts), np.array(starts))

    def _encoded(self, words: np.ndarray, starts: np.ndarray) -> Encoded:
        """Encode words, of which those of input b begin at `starts[b]`."""
        tokens, lengths = self._words.take(words)
        is_item = words < self._items
        is_id = words < self._end
        slots = None
        if self._slots:
            slots = np.full(len(tokens), -1, dtype=np.int64)
            first = np.cumsum(lengths) - lengths
            slots[first[is_item]] = words[is_item]
        return Encoded(
            tokens,
            np.repeat(np.where(is_id, _counted(is_id, starts), 0), lengths),
            np.repeat(np.where(is_item, _counted(is_item, starts) - 1, -1), lengths),
            np.add.reduceat(lengths, starts[:-1]),
            slots,
        )

    def _wording(self, template: Template) -> list[np.ndarray]:
        """Return a wording and the end behind it as numbers of words, and where users and items stand."""
        # Batches are made ahead in a thread, and beside it where validation asks.
        with self._growing:
            if template not in self._wordings:
                texts = [word for word in template.words if not word.startswith("{")]
                numbers = iter(np.arange(len(self._words), len(self._words) + len(texts))[:, None])
                self._words = self._words.extended(self._tokenizer.encode(texts))
                kinds = {"{user}": _USER}
                self._wordings[template] = [
                    *(
                        kinds.get(word, _ITEMS) if word.startswith("{") else next(numbers)
                        for word in template.words
                    ),
                    self._end,
                ]
            return self._wordings[template]


def _counted(wanted: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return how many words of its input are wanted up to each word, int64 [words]."""
    counts = np.concatenate([[0], np.cumsum(wanted)])
    return counts[1:] - np.repeat(counts[starts[:-1]], np.diff(starts))
