"""Every way to ask: with a model that knows the answer, and with one that knows nothing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.language_models.load import load_language_model
from pipeline.language_models.prompts import (
    demonstrations,
    knowledge,
    llmrank,
    pair,
    partitions,
    point,
    summary,
    texts,
    whole_list,
)
from pipeline.language_models.prompts.base import MOST, Case
from pipeline.language_models.prompts.registry import METHODS
from pipeline.recommenders.parts import prompted_config
from tests.backbones.causal.models import llama_folder

CASES = [
    Case(
        ("red kite", "blue kite", "green kite", "old rope", "tape", "long string"),
        ("bell", "GOOD kite", "mug"),
    ),
    Case(("lamp",), ("GOOD lamp", "spoon")),
]
WANTED = [1, 0]


class Knowing:
    """Likes what is GOOD, wherever it stands; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, prompts: Sequence[str], options: Sequence[Sequence[str]]) -> list[np.ndarray]:
        self.asked += prompts
        return [
            np.array([self._likes(prompt, option) for option in texts])
            for prompt, texts in zip(prompts, options, strict=True)
        ]

    def _likes(self, prompt: str, option: str) -> float:
        question = prompt.rsplit("\n\n", 1)[-1]
        if option in (" Yes", " No"):
            good = "GOOD" in question.rsplit("enjoy", 1)[1]
            return float(good == (option == " Yes"))
        lines = [line for line in question.splitlines() if line.startswith(f"{option.strip()}. ")]
        return float("GOOD" in lines[-1])

    def write(self, prompts: Sequence[str], most: int) -> list[str]:
        self.asked += prompts
        return ["GOOD" if "GOOD" in prompt or "bought" in prompt else "plain" for prompt in prompts]

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        # What a user bought is near to what is good.
        return np.array([[1.0, "GOOD" in text or " Title" in text or "bought" in text] for text in texts])


@pytest.mark.parametrize("method", METHODS)
def test_a_model_that_knows_puts_the_right_item_first(method: str) -> None:
    found = METHODS[method](Knowing(), CASES, np.random.default_rng(0))
    assert [len(scores) for scores in found] == [3, 2]
    # Texts of a history of one item look like any other's.
    cases = 1 if method == "texts" else 2
    assert [int(scores.argmax()) for scores in found][:cases] == WANTED[:cases]


@pytest.mark.parametrize("method", METHODS)
def test_a_small_model_is_loaded_and_answers(method: str, tmp_path: Path) -> None:
    llama_folder(tmp_path)
    model = load_language_model(str(tmp_path))
    found = METHODS[method](model, CASES, np.random.default_rng(0))
    assert [len(scores) for scores in found] == [3, 2]
    assert all(np.isfinite(scores).all() for scores in found)
    # Candidates aren't all alike to it, and it doesn't draw lots.
    again = METHODS[method](model, CASES, np.random.default_rng(0))
    assert len(set(found[0].tolist())) > 1
    assert [one.tolist() for one in found] == [one.tolist() for one in again]


def test_settings_name_the_methods_there_are() -> None:
    assert set(prompted_config.WAYS) == set(METHODS)
    assert prompted_config.MOST == MOST


def asked(rank, cases: Sequence[Case] = CASES) -> list[str]:
    model = Knowing()
    rank(model, cases, np.random.default_rng(0))
    return model.asked


def test_point_asks_of_each_candidate_and_pair_of_each_two_in_both_orders() -> None:
    assert [prompt.count("GOOD kite") for prompt in asked(point.rank)[:3]] == [0, 1, 0]
    assert len(asked(point.rank)) == 5
    pairs = asked(pair.rank)
    assert len(pairs) == 3 * 2 + 2
    assert "A. bell\nB. mug" in pairs[1]
    assert "A. mug\nB. bell" in pairs[4]


def test_a_list_is_asked_once_llmrank_in_three_orders_with_the_newest_stressed() -> None:
    assert len(asked(whole_list.rank)) == 2
    prompts = asked(llmrank.rank)
    assert len(prompts) == 2 * llmrank.ORDERS
    assert 'the newest is "long string"' in prompts[0]
    assert len({prompt.split("A. ")[1].split("\n")[0] for prompt in prompts[::2]}) > 1


def test_an_example_is_the_users_own_newest_item() -> None:
    first, second = asked(demonstrations.rank)
    example, question = first.split("\n\n")
    assert "long string" not in example.splitlines()[0]
    letter = example.rsplit("Answer: ", 1)[1]
    assert f"{letter}. long string" in example
    assert '"long string"' in question
    # Of one item there is nothing to show.
    assert "\n\n" not in second


def test_summaries_go_on_and_parts_are_asked_once() -> None:
    prompts = asked(summary.rank)
    # Of six items two summaries, of one item one.
    assert [prompt.startswith("What a user likes") for prompt in prompts[:3]] == [True] * 3
    assert "likes: GOOD" in prompts[2]
    assert '"long string"' in prompts[2]
    assert "tape" not in prompts[2]
    twice = asked(partitions.rank, [CASES[0], CASES[0]])
    assert sum(prompt.startswith("A user bought") for prompt in twice) == 2
    assert "Earlier: GOOD" in twice[-1]


def test_texts_are_key_and_value_newest_first_and_knowledge_is_of_items_and_users() -> None:
    assert asked(texts.rank)[0].startswith("Title: long string Title: tape")
    prompts = asked(knowledge.rank)
    assert 'What is known of the item "mug"?\nAnswer: plain' in prompts
