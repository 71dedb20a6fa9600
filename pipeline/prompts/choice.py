"""Prompts with titles: history and candidates, with a slot for a vector behind each, as in LLaRA."""

import copy
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.prompts.presentation import Presentation
from pipeline.prompts.templates import Template
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import Encoded, WordTokens
from pipeline.tasks.base import Question
from pipeline.tasks.choice import PLACEHOLDER


class _Input(NamedTuple):
    """Tokens of an input, or of a part of it, with slots and places as `Encoded` has them."""

    tokens: np.ndarray
    slots: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, tokens: np.ndarray) -> "_Input":
        """Return tokens of no item."""
        nowhere = np.full(len(tokens), -1)
        return cls(tokens, nowhere, nowhere)


class ChoiceEncoder:
    """Fill wordings with titles; every title is tokenized once, ahead."""

    def __init__(
        self,
        tokenizer: PromptTokenizer,
        titles: Sequence[str],
        presentation: Presentation = Presentation.HYBRID,
        separator: str = ",",
    ) -> None:
        """Take the title of each item; the tokenizer knows `PLACEHOLDER` already (`add_symbols`).

        `separator` stands between items; "" for nothing.

        Raises ValueError where it doesn't, and for titles without any token, naming the first.
        """
        self._tokenizer = tokenizer
        self._titles = WordTokens.encode(tokenizer, titles)
        self._presentation = presentation
        placeholder, between = tokenizer.encode([PLACEHOLDER, separator])
        if len(placeholder) != 1:
            raise ValueError(f"the tokenizer has no token {PLACEHOLDER}; `add_symbols` adds it")
        empty = np.flatnonzero(np.diff(self._titles.offsets) == 0)
        if len(empty):
            raise ValueError(
                f"{len(empty)} of {len(titles)} items have a title without tokens, the first is item "
                f"{empty[0]}, {titles[empty[0]]!r}; `pipeline.data.titles.told_apart` names them"
            )
        self._placeholder = placeholder
        self._separator = between
        self._text: dict[str, np.ndarray] = {}

    def shown(self, presentation: Presentation) -> "ChoiceEncoder":
        """Return an encoder that shows items in another way; their tokens are shared."""
        other = copy.copy(self)
        other._presentation = presentation
        return other

    def fill(self, templates: Sequence[Template], questions: Sequence[Question]) -> Encoded:
        """Encode wordings with the titles of history and candidates, oldest and first one first.

        Behind each but the last stands the separator, at the end the end-of-sequence token. No token has a
        whole-word row. Raises ValueError for a question without candidates.
        """
        inputs = [self._filled(*one) for one in zip(templates, questions, strict=True)]
        tokens = np.concatenate([one.tokens for one in inputs]).astype(np.int32)
        slots = None
        if self._presentation != Presentation.TEXT:
            slots = np.concatenate([one.slots for one in inputs])
        places = np.concatenate([one.places for one in inputs])
        lengths = np.array([len(one.tokens) for one in inputs])
        return Encoded(tokens, np.zeros_like(tokens), places, lengths, slots)

    def _filled(self, template: Template, question: Question) -> "_Input":
        """Return an input."""
        if question.pool is None:
            raise ValueError(f"a {question.task} question without candidates; `Question.pool` wanted")
        lists = {"{history}": question.items, "{candidates}": question.pool}
        parts: list[_Input] = []
        for word in template.words:
            if word in lists:
                for place, item in enumerate(lists[word].tolist()):
                    last = place == len(lists[word]) - 1
                    parts.append(self._item(item, place if word == "{history}" else -1, last))
            else:
                parts.append(_Input.of(self._word(word)))
        parts.append(_Input.of(np.array([self._tokenizer.eos])))
        return _Input(*map(np.concatenate, zip(*parts, strict=True)))

    def _word(self, word: str) -> np.ndarray:
        if word not in self._text:
            self._text[word] = self._tokenizer.encode([word])[0]
        return self._text[word]

    def _item(self, item: int, place: int, last: bool) -> "_Input":
        """Return an item's title, slot and separator."""
        title = self._titles[item] if self._presentation != Presentation.BEHAVIOUR else self._titles[item][:0]
        end = self._separator[:0] if last else self._separator
        tokens = np.concatenate([title, self._placeholder, end])
        slots = np.full(len(tokens), -1)
        slots[len(title)] = item
        return _Input(tokens, slots, np.full(len(tokens), place))
