"""What prompts are made of: numbers, histories, explanations; and the batch maker over them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.data.histories import Histories
from pipeline.prompts.batch_maker import BatchMaker, number_answers, text_answers
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import PromptEncoder, WordTokens
from pipeline.tasks.base import Task
from pipeline.tasks.examples import Pairs


@dataclass(frozen=True)
class Inputs:
    """A dataset as the model sees it.

    Attributes:
        user_numbers: the number that names each user, int [N].
        item_numbers: the number that names each item, int [I].
        item_ids: the raw id of each item.
        train: train items of each user.
        validation: the validation item of each user.
        test: the test item of each user.
        known: train and validation items, what is known when the test item is asked for.
        whole: all of them.
        negatives: the negatives of each user's top-n test, int [N, negatives].
        pairs: (user, item) pairs with an explanation, by split.
        texts: their explanations; `Pairs.answers` points here.
    """

    user_numbers: np.ndarray
    item_numbers: np.ndarray
    item_ids: list[str]
    train: Histories
    validation: Histories
    test: Histories
    known: Histories
    whole: Histories
    negatives: np.ndarray
    pairs: dict[str, Pairs]
    texts: list[str]


def make_batch_maker(
    inputs: Inputs, tokenizer: PromptTokenizer, prompts: PromptsConfig, explanation_tokens: int
) -> tuple[BatchMaker, WordTokens]:
    """Return the batch maker of all tasks, and the answer tokens of every item."""
    users = [f"user_{number}" for number in inputs.user_numbers]
    items = [f"item_{number}" for number in inputs.item_numbers]
    encoder = PromptEncoder(tokenizer, users, items, prompts.whole_words)
    encoders = dict.fromkeys(Task, encoder)
    if prompts.explanation_item == "id":
        names = [f"item_{raw}" for raw in inputs.item_ids]
        encoders[Task.EXPLANATION] = PromptEncoder(tokenizer, users, names, prompts.whole_words)
    numbers = number_answers(tokenizer, inputs.item_numbers)
    texts = text_answers(tokenizer, inputs.texts, explanation_tokens)
    answers = {Task.EXPLANATION: texts, Task.SEQUENTIAL: numbers, Task.TOPN: numbers}
    return BatchMaker(encoders, read_templates(Path(prompts.templates)), answers, tokenizer.pad), numbers
