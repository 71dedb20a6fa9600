"""What prompts are made of: identifiers, histories, explanations; and the batch maker over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.prompts.batch_maker import BatchMaker, Encoder, item_answers, text_answers
from pipeline.prompts.choice import ChoiceEncoder
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.presentation import presentation_of_tests
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import PromptEncoder, WordTokens
from pipeline.tasks.base import AnswerKind, Task
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.dataset import Dataset
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.registry import tasks_named


@dataclass(frozen=True)
class Inputs(Dataset):
    """A dataset as the model sees it.

    Attributes:
        user_mentions: what a prompt calls each user [N].
        item_mentions: what a prompt calls each item [I].
        item_answers: what the model writes for each item [I].
    """

    user_mentions: list[str]
    item_mentions: list[str]
    item_answers: list[str]


def make_batch_maker(
    inputs: Inputs, tokenizer: PromptTokenizer, prompts: PromptsConfig, explanation_tokens: int
) -> tuple[BatchMaker, WordTokens]:
    """Return the batch maker of all tasks, and the answer tokens of every item."""
    encoders = prompt_encoders(
        inputs.user_mentions, inputs.item_mentions, inputs.item_ids, tokenizer, prompts
    )
    items = item_answers(tokenizer, inputs.item_answers)
    texts = text_answers(tokenizer, inputs.texts, explanation_tokens)
    kinds = {AnswerKind.ITEM: items, AnswerKind.CHOICE: items, AnswerKind.TEXT: texts}
    answers = {task: kinds[task.answers] for task in encoders}
    templates = read_templates(Path(prompts.templates), tuple(encoders))
    return BatchMaker(encoders, templates, answers, tokenizer.pad), items


def prompt_encoders(
    users: Sequence[str],
    items: Sequence[str],
    item_ids: Sequence[str],
    tokenizer: PromptTokenizer,
    prompts: PromptsConfig,
) -> dict[Task, Encoder]:
    """Return what encodes the prompts of each task, from mentions of users and items, and raw item ids."""
    tasks = tasks_named(prompts.tasks)
    encoders: dict[Task, Encoder] = dict.fromkeys(
        tasks, PromptEncoder(tokenizer, users, items, prompts.whole_words, prompts.item_vectors)
    )
    if CHOICE in tasks:
        shown = presentation_of_tests(prompts.curriculum)
        encoders[CHOICE] = ChoiceEncoder(tokenizer, items, shown, prompts.separator)
    if prompts.explanation_item == "id" and EXPLANATION in encoders:
        names = [f"item_{raw}" for raw in item_ids]
        encoders[EXPLANATION] = PromptEncoder(
            tokenizer, users, names, prompts.whole_words, prompts.item_vectors
        )
    return encoders
