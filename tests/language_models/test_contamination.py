"""Knowing the order, and knowing only what is alike or famous."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest

from pipeline.language_models.contamination import contamination, order_scores, sign_flip_p

PAIRS = [(f"first {number}", f"second {number}") for number in range(12)]


class Reader:
    """Gives a title `fame`, one more nat behind its like, and `order` more behind what came before it."""

    def __init__(self, order: float) -> None:
        self.order = order

    def score(self, prompts: Sequence[str], options: Sequence[Sequence[str]]) -> list[np.ndarray]:
        return [np.array([self._of(prompt, one[0])]) for prompt, one in zip(prompts, options, strict=True)]

    def _of(self, prompt: str, option: str) -> float:
        fame = -3.0 - len(option)
        if '"' not in prompt:
            return fame
        right = "first" in prompt and "second" in option
        return fame + 1.0 + (self.order if right else 0.0)


def test_likeness_and_fame_cancel_and_the_order_is_left() -> None:
    assert order_scores(Reader(0.0), PAIRS).tolist() == pytest.approx([0.0] * 12)
    assert order_scores(Reader(0.5), PAIRS).tolist() == pytest.approx([0.5] * 12)


def test_who_has_read_the_data_is_found() -> None:
    found = contamination(Reader(0.5), PAIRS, np.random.default_rng(0))
    assert (found.pairs, found.share) == (12, 1.0)
    # Of all signs one alone is as large: 2 ** -12.
    assert found.p < 0.002
    assert contamination(Reader(0.0), PAIRS, np.random.default_rng(0)).p == 1.0
    assert contamination(Reader(-0.5), PAIRS, np.random.default_rng(0)).p > 0.99


def test_p_is_that_of_all_signs() -> None:
    scores = np.array([0.7, -0.2, 1.5, 0.4, -0.1, 0.6])
    sums = [float(np.dot(signs, scores)) for signs in product([-1, 1], repeat=6)]
    exact = np.mean([one >= scores.sum() - 1e-12 for one in sums])
    assert sign_flip_p(scores, np.random.default_rng(0)) == pytest.approx(exact, abs=0.01)


def test_without_pairs_it_says_what_is_missing() -> None:
    with pytest.raises(ValueError, match=r"dataset\.metadata names the items' titles"):
        contamination(Reader(0.0), [], np.random.default_rng(0))
