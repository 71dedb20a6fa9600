"""Examples to batches: wordings filled in, answers looked up."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.prompts.batches import Batch, collate
from pipeline.prompts.templates import Template
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import PromptEncoder, WordTokens
from pipeline.tasks.base import Task
from pipeline.tasks.examples import Example


class BatchMaker:
    """Everything that turns examples of any task into tensors."""

    def __init__(
        self,
        encoders: Mapping[Task, PromptEncoder],
        templates: Mapping[Task, tuple[Template, ...]],
        answers: Mapping[Task, WordTokens],
        pad: int,
    ) -> None:
        """Take per task: the encoder, the wordings (bare form first) and the tokens of every answer."""
        self._encoders, self._templates, self._answers, self._pad = encoders, templates, answers, pad

    def make(self, examples: Sequence[Example], rng: np.random.Generator | None = None) -> Batch:
        """Return a batch of examples of one task, with labels where the answers are known.

        With `rng` each example gets a wording of its own, drawn from it; without, all get the bare form.
        """
        task = examples[0].task
        templates = self._templates[task]
        drawn = [0] * len(examples) if rng is None else rng.integers(0, len(templates), len(examples))
        encoder = self._encoders[task]
        inputs = [
            encoder.encode(templates[wording], example.user, example.items)
            for wording, example in zip(drawn, examples, strict=True)
        ]
        answers = self._answers.get(task)
        targets = None if answers is None else [answers[example.answer] for example in examples]
        return collate(task, [example.user for example in examples], inputs, self._pad, targets)

    def answer_tokens(self, task: Task, answer: int) -> np.ndarray:
        """Return the target tokens of an answer, int32 [T]."""
        return self._answers[task][answer]


def number_answers(tokenizer: PromptTokenizer, numbers: np.ndarray) -> WordTokens:
    """Return the target tokens of every item: its number's digits and the end-of-sequence token."""
    return WordTokens.join(
        [_ended(ids, tokenizer.eos) for ids in tokenizer.encode([str(n) for n in numbers])]
    )


def text_answers(tokenizer: PromptTokenizer, texts: Sequence[str], longest: int) -> WordTokens:
    """Return the target tokens of texts, cut at `longest` tokens, the end-of-sequence token among them."""
    return WordTokens.join([_ended(ids[: longest - 1], tokenizer.eos) for ids in tokenizer.encode(texts)])


def share_cut(tokenizer: PromptTokenizer, texts: Sequence[str], longest: int) -> float:
    """Return the share of texts that `text_answers` cuts at `longest` tokens, 0 of none."""
    cut = [len(ids) > longest - 1 for ids in tokenizer.encode(texts)]
    return sum(cut) / max(len(cut), 1)


def _ended(ids: np.ndarray, eos: int) -> np.ndarray:
    return np.append(ids, np.int32(eos))
