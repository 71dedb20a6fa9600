"""What `train` and `generate` read alike: artifacts to the library's objects."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.artifacts import list_matrix, read_table
from pipeline.prompts.batch_maker import BatchMaker, number_answers, text_answers
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.examples import Pairs
from pipeline.prompts.histories import Histories
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import PromptEncoder, WordTokens
from pipeline.tables import CANDIDATES, EXPLANATIONS, INTERACTIONS, ITEM_NUMBERS, ITEMS, USER_NUMBERS
from pipeline.tasks import Task


@dataclass(frozen=True)
class Inputs:
    """Numbers of users and items, histories and explanations by split, and the test's negatives."""

    user_numbers: np.ndarray
    item_numbers: np.ndarray
    item_ids: list[str]
    train: Histories
    validation: Histories
    known: Histories
    test: Histories
    whole: Histories
    negatives: np.ndarray
    pairs: dict[str, Pairs]
    texts: list[str]


def read_inputs(preprocessed: Path, numbering: Path, explanations: Path) -> Inputs:
    """Read the artifacts; `known` is train and validation joined, `whole` all three."""
    users = read_table(numbering / "users.parquet", USER_NUMBERS)["number"].to_numpy()
    train, validation, test = (
        read_table(preprocessed / f"{split}.parquet", INTERACTIONS)
        for split in ("train", "validation", "test")
    )
    table = read_table(explanations / "explanations.parquet", EXPLANATIONS)
    user, item = table["user"].to_numpy(), table["item"].to_numpy()
    split = np.array(table["split"].to_pylist(), dtype=object)
    rows = {name: np.flatnonzero(split == name) for name in ("train", "validation", "test")}
    candidates = read_table(preprocessed / "candidates.parquet", CANDIDATES)
    return Inputs(
        user_numbers=users,
        item_numbers=read_table(numbering / "items.parquet", ITEM_NUMBERS)["number"].to_numpy(),
        item_ids=read_table(preprocessed / "items.parquet", ITEMS)["item_id"].to_pylist(),
        train=Histories.from_tables(len(users), train),
        validation=Histories.from_tables(len(users), validation),
        known=Histories.from_tables(len(users), train, validation),
        test=Histories.from_tables(len(users), test),
        whole=Histories.from_tables(len(users), train, validation, test),
        negatives=list_matrix(candidates["negatives"]),
        pairs={name: Pairs(user[row], item[row], row) for name, row in rows.items()},
        texts=table["explanation"].to_pylist(),
    )


def make_batches(
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
