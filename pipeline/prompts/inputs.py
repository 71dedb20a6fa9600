"""What prompts are made of: numbers, histories, explanations; and the batch maker over them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.prompts.batch_maker import BatchMaker, number_answers, text_answers
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import PromptEncoder, WordTokens
from pipeline.tasks.base import AnswerKind
from pipeline.tasks.dataset import Dataset
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.registry import TASKS


@dataclass(frozen=True)
class Inputs(Dataset):
    """A dataset as the model sees it.

    Attributes:
        user_numbers: the number that names each user, int [N].
        item_numbers: the number that names each item, int [I].
    """

    user_numbers: np.ndarray
    item_numbers: np.ndarray


def make_batch_maker(
    inputs: Inputs, tokenizer: PromptTokenizer, prompts: PromptsConfig, explanation_tokens: int
) -> tuple[BatchMaker, WordTokens]:
    """Return the batch maker of all tasks, and the answer tokens of every item."""
    users = [f"user_{number}" for number in inputs.user_numbers]
    items = [f"item_{number}" for number in inputs.item_numbers]
    encoder = PromptEncoder(tokenizer, users, items, prompts.whole_words)
    encoders = dict.fromkeys(TASKS, encoder)
    if prompts.explanation_item == "id":
        names = [f"item_{raw}" for raw in inputs.item_ids]
        encoders[EXPLANATION] = PromptEncoder(tokenizer, users, names, prompts.whole_words)
    numbers = number_answers(tokenizer, inputs.item_numbers)
    texts = text_answers(tokenizer, inputs.texts, explanation_tokens)
    kinds = {AnswerKind.ITEM: numbers, AnswerKind.TEXT: texts}
    answers = {task: kinds[task.answers] for task in TASKS}
    return BatchMaker(encoders, read_templates(Path(prompts.templates)), answers, tokenizer.pad), numbers
