"""Questions and examples to batches: wordings filled in, answers looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from pipeline.backbones.base import IGNORED
from pipeline.prompts.batches import Batch, collate, padded
from pipeline.prompts.presentation import Presentation
from pipeline.prompts.templates import Template
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import Encoded, WordTokens
from pipeline.tasks.base import Example, Question, Task


class Encoder(Protocol):
    """What fills wordings."""

    def fill(self, templates: Sequence[Template], questions: Sequence[Question]) -> Encoded:
        """Return questions, each in its wording, as tokens."""

    def shown(self, presentation: Presentation) -> "Encoder":
        """Return an encoder that shows items in another way, where there is one."""


class BatchMaker:
    """Everything that turns questions and examples of any task into tensors."""

    def __init__(
        self,
        encoders: Mapping[Task, Encoder],
        templates: Mapping[Task, tuple[Template, ...]],
        answers: Mapping[Task, WordTokens],
        pad: int,
    ) -> None:
        """Take per task: the encoder, the wordings (bare form first) and the tokens of every answer."""
        self._encoders = encoders
        self._templates = templates
        self._answers = answers
        self._pad = pad

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that it makes batches of."""
        return tuple(self._encoders)

    def shown(self, presentation: Presentation) -> "BatchMaker":
        """Return a maker whose prompts show items in another way, where tasks have one."""
        encoders = {task: encoder.shown(presentation) for task, encoder in self._encoders.items()}
        return BatchMaker(encoders, self._templates, self._answers, self._pad)

    def worded(self, templates: Mapping[Task, tuple[Template, ...]]) -> "BatchMaker":
        """Return a maker with other wordings of some tasks."""
        return BatchMaker(self._encoders, {**self._templates, **templates}, self._answers, self._pad)

    def ask(self, questions: Sequence[Question], rng: np.random.Generator | None = None) -> Batch:
        """Return a batch of questions of one task, without labels.

        With `rng` each question gets a wording of its own, drawn from it; without, all get the bare form.
        """
        return self._collate(questions, self._fill(self._wordings(questions, rng), questions))

    def teach(self, examples: Sequence[Example], rng: np.random.Generator | None = None) -> Batch:
        """Return a batch of examples of one task, the answers as labels; wordings as `ask` has them."""
        questions = [example.question for example in examples]
        templates = self._wordings(questions, rng)
        encoded = self._fill(templates, questions)
        batch = self._collate(questions, encoded)
        answers = self._answers[batch.task].take(np.array([example.answer for example in examples]))
        batch = replace(batch, labels=padded(*answers, IGNORED))
        have_targets = np.array([example.item_targets is not None for example in examples])
        if not have_targets.any():
            return batch
        targets = encoded
        asked = [_of_targets(example) for example in examples]
        # Without a teacher targets are the items themselves: nothing to encode anew.
        if any(one is not own for one, own in zip(asked, questions, strict=True)):
            targets = self._fill(templates, asked)
            _check_targets(encoded, targets)
        # What stands before the first item says nothing of it.
        wanted = (encoded.places > 0) & np.repeat(have_targets, encoded.lengths)
        labels = np.where(wanted, targets.tokens, IGNORED)
        return replace(batch, input_labels=padded(labels, encoded.lengths, IGNORED))

    def _wordings(self, questions: Sequence[Question], rng: np.random.Generator | None) -> list[Template]:
        task = questions[0].task
        if task not in self._encoders:
            trained = ", ".join(map(str, self.tasks))
            raise ValueError(f"the model isn't trained for the {task} task; prompts.tasks had {trained}")
        templates = self._templates[task]
        drawn = [0] * len(questions) if rng is None else rng.integers(0, len(templates), len(questions))
        return [templates[wording] for wording in drawn]

    def _fill(self, templates: Sequence[Template], questions: Sequence[Question]) -> Encoded:
        return self._encoders[questions[0].task].fill(templates, questions)

    def _collate(self, questions: Sequence[Question], encoded: Encoded) -> Batch:
        return collate(questions[0].task, [question.user for question in questions], encoded, self._pad)

    def answer_tokens(self, task: Task, answer: int) -> np.ndarray:
        """Return the target tokens of an answer, int32 [T]."""
        return self._answers[task][answer]


def _of_targets(example: Example) -> Question:
    """Return the question with its targets in place of its items; the same one where these are its items."""
    question = example.question
    targets = example.item_targets
    return question if targets is None or targets is question.items else replace(question, items=targets)


def _check_targets(inputs: Encoded, targets: Encoded) -> None:
    """Raise ValueError where a target's tokens but the last aren't those of the item that it stands for.

    A token is predicted from those before it, and these are the item's, not the target's.
    """
    alike = np.array_equal(inputs.places, targets.places)
    ends = np.append(inputs.places[1:] != inputs.places[:-1], True)
    if not alike or (inputs.tokens != targets.tokens)[~ends].any():
        raise ValueError(
            "a teacher's items as targets of a prompt's items: names that differ in their last token alone "
            "are wanted; set identifiers.method to atomic, or training.samples to prefixes"
        )


def item_answers(tokenizer: PromptTokenizer, answers: Sequence[str]) -> WordTokens:
    """Return the target tokens of what the model writes for each item, the end-of-sequence token last."""
    return WordTokens.join([_ended(ids, tokenizer.eos) for ids in tokenizer.encode(answers)])


def text_answers(tokenizer: PromptTokenizer, texts: Sequence[str], longest: int) -> WordTokens:
    """Return the target tokens of texts, cut at `longest` tokens, the end-of-sequence token among them."""
    return WordTokens.join([_ended(ids[: longest - 1], tokenizer.eos) for ids in tokenizer.encode(texts)])


def share_cut(tokenizer: PromptTokenizer, texts: Sequence[str], longest: int) -> float:
    """Return the share of texts that `text_answers` cuts at `longest` tokens, 0 of none."""
    cut = [len(ids) > longest - 1 for ids in tokenizer.encode(texts)]
    return sum(cut) / max(len(cut), 1)


def _ended(ids: np.ndarray, eos: int) -> np.ndarray:
    return np.append(ids, np.int32(eos))
