"""Similarities of lists by hand, and a model that treats one group otherwise."""

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.language_models.prompts.base import Case
from pipeline.language_models.sensitivity import jaccard, prag, sensitivity, serp


def test_similarities_by_hand() -> None:
    neutral = [1, 2, 3]
    assert (jaccard(neutral, neutral), serp(neutral, neutral), prag(neutral, neutral)) == (1, 1, 1)
    assert (jaccard(neutral, [4, 5, 6]), serp(neutral, [4, 5, 6]), prag(neutral, [4, 5, 6])) == (0, 0, 0)
    # 2, 9, 1: two of four; ranks 1 and 3 weigh 3 and 1 of 6; pairs 2-9 right, 2-1 wrong, 9-1 wrong.
    assert jaccard(neutral, [2, 9, 1]) == pytest.approx(2 / 4)
    assert serp(neutral, [2, 9, 1]) == pytest.approx(4 / 6)
    assert prag(neutral, [2, 9, 1]) == pytest.approx(1 / 3)
    assert prag(neutral, [3, 2, 1]) == 0


class Biased:
    """Ranks by letter, and the other way round for whom it doesn't like."""

    def score(self, prompts: Sequence[str], options: Sequence[Sequence[str]]) -> list[np.ndarray]:
        signs = [-1.0 if "an old person" in prompt else 1.0 for prompt in prompts]
        return [
            sign * -np.arange(len(letters), dtype=float) for sign, letters in zip(signs, options, strict=True)
        ]


def test_a_group_that_is_treated_otherwise_is_seen() -> None:
    cases = [Case(("lamp",), ("a", "b", "c", "d")), Case(("bell",), ("e", "f", "g", "h"))]
    found = sensitivity(Biased(), cases, ("a young", "an old"), 2)
    # Of two of four items nothing is left: similarities 1 and 0.
    for name in ("jaccard", "serp", "prag"):
        assert found[name] == {"SNSR": 1.0, "SNSV": 0.5, "groups": {"a young": 1.0, "an old": 0.0}}
    fair = sensitivity(Biased(), cases, ("a young", "a rich"), 2)
    assert (fair["jaccard"]["SNSR"], fair["jaccard"]["SNSV"]) == (0.0, 0.0)
