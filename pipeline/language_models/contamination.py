"""Whether a language model has read the data: does it know which of two items came first?

Titles that are alike, or famous, are likely behind one another in either order. Only who has read histories
knows the order: by how much b is likelier behind a than alone, less by how much a is behind b. Without that
knowledge either sign is as likely, user by user, which a test of sign flips asks.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pipeline.language_models.base import LanguageModel

FLIPS = 9_999
BEFORE = "A user's purchases in order:"


@dataclass(frozen=True)
class Contamination:
    """What a model knows of the order.

    Attributes:
        pairs: how many pairs of titles were asked about.
        order: mean of their scores, nats; above 0: the true order is likelier.
        share: of pairs, those whose true order is likelier.
        p: one-sided, that the order is known no better than by chance.
    """

    pairs: int
    order: float
    share: float
    p: float

    def record(self) -> dict[str, Any]:
        """Return it rounded."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def contamination(
    model: LanguageModel, pairs: Sequence[tuple[str, str]], rng: np.random.Generator
) -> Contamination:
    """Ask about pairs of different titles, the earlier one first; raises ValueError without any."""
    if not pairs:
        raise ValueError("no pair of different titles to ask about: dataset.metadata names the items' titles")
    scores = order_scores(model, pairs)
    return Contamination(
        len(pairs), float(scores.mean()), float((scores > 0).mean()), sign_flip_p(scores, rng)
    )


def order_scores(model: LanguageModel, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """Return log p(b | a) - log p(b) - log p(a | b) + log p(a) of each pair, in nats, float64 [pairs]."""
    prompts = []
    options = []
    for first, second in pairs:
        prompts += [f'{BEFORE} "{first}",', BEFORE, f'{BEFORE} "{second}",', BEFORE]
        options += [[f' "{second}"'], [f' "{second}"'], [f' "{first}"'], [f' "{first}"']]
    found = np.array([float(one[0]) for one in model.score(prompts, options)]).reshape(-1, 4)
    return found @ np.array([1.0, -1.0, -1.0, 1.0])


def sign_flip_p(scores: np.ndarray, rng: np.random.Generator) -> float:
    """Return how often a sum with signs drawn is as large as that of `scores` [N], itself counted once."""
    signs = rng.choice([-1.0, 1.0], size=(FLIPS, len(scores)))
    return float((1 + (signs @ scores >= scores.sum() - 1e-12).sum()) / (FLIPS + 1))
