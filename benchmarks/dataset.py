"""A P5 folder as the benchmarks use it: the pipeline's own inputs, IDs split as T5 splits them."""

import string
from pathlib import Path

import numpy as np
import pyarrow as pa
from transformers import T5Tokenizer

from pipeline.data.candidates import draw_negatives
from pipeline.data.histories import Histories
from pipeline.data.p5 import read_histories
from pipeline.data.splits import leave_one_out
from pipeline.identifiers.base import join_splits
from pipeline.identifiers.numbers import numbered_sequentially
from pipeline.prompts.inputs import Inputs
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.randomness import generator
from pipeline.tasks.dataset import Pairs

_NEGATIVES = 99
_EXPLANATION_WORDS = 20
_WORD = "word{:05}"
_PIECES = (
    *("<pad>", "</s>", "<unk>", "▁user", "▁item", "_", "▁"),
    *(str(number) for number in range(100)),
    *(f"{number:02}" for number in range(10)),
    *string.ascii_letters,
    *(mark for mark in string.punctuation if mark != "_"),
)


def benchmark_tokenizer(vocabulary: int) -> PromptTokenizer:
    """Return a tokenizer of T5's class with exactly `vocabulary` tokens that splits IDs as the published T5.

    `item_7391` is ▁item _ 73 91, so inputs are as long as the authors'; made-up words fill it up. Raises
    ValueError when there is no room for the IDs' pieces and one word.
    """
    words = vocabulary - len(_PIECES)
    if words < 1:
        raise ValueError(f"a vocabulary of {vocabulary} tokens, at least {len(_PIECES) + 1} wanted")
    scores = [0.0 if piece.startswith("<") and len(piece) > 1 else -3.0 for piece in _PIECES]
    filled = [(f"▁{_WORD.format(word)}", -4.0) for word in range(words)]
    return PromptTokenizer(T5Tokenizer(vocab=[*zip(_PIECES, scores, strict=True), *filled], extra_ids=0))


def read_dataset(folder: Path, vocabulary: int, seed: int = 0) -> Inputs:
    """Read the histories of a P5 folder, numbered as P5 does, with negatives drawn.

    The folder has no explanations, and speed doesn't depend on what they say: of each user's last item in
    each split 20 made-up words are said.
    """
    kept = read_histories(folder).recoded()
    users = len(kept.user_ids)
    items = len(kept.item_ids)
    splits = {
        name: pa.table({column: columns[column] for column in ("user", "item", "position", "row")})
        for name, columns in leave_one_out(kept).items()
    }
    named = numbered_sequentially(join_splits(splits, users, items))
    histories = {name: Histories.from_tables(users, table) for name, table in splits.items()}
    everyone = np.arange(users)
    return Inputs(
        user_mentions=named.users,
        item_mentions=named.items,
        item_answers=named.answers,
        item_ids=kept.item_ids,
        **histories,
        known=Histories.from_tables(users, splits["train"], splits["validation"]),
        whole=Histories.from_tables(users, *splits.values()),
        negatives=draw_negatives(kept, _NEGATIVES, generator(seed, "negatives")),
        pairs={
            name: Pairs(everyone, one.items[one.offsets[1:] - 1], everyone) for name, one in histories.items()
        },
        texts=_texts(vocabulary - len(_PIECES), users, generator(seed, "words")),
    )


def _texts(words: int, count: int, rng: np.random.Generator) -> list[str]:
    drawn = rng.integers(0, words, (count, _EXPLANATION_WORDS))
    return [" ".join(_WORD.format(word) for word in row) for row in drawn.tolist()]
