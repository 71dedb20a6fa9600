"""A language model that is asked in words: it ranks the first candidates of the co-occurrence counts anew.

How it is asked is a method of `pipeline.language_models.prompts`. It learns nothing; each of the test users
costs as many questions as the method asks.
"""

import numpy as np

from pipeline.language_models.base import LanguageModel, LanguageModelError
from pipeline.language_models.load import load_language_model
from pipeline.language_models.prompts.base import Case, Method
from pipeline.language_models.prompts.registry import METHODS
from pipeline.randomness import generator
from pipeline.recommenders.base import BaselineError, Fit, Fitted, Scorer, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.cooccurrence import newest_items, pair_weights

NEWEST = 20
GAP_EXPONENT = 1.0
AGE_EXPONENT = 1.0
BACKWARD = 0.3
"""Those of the counts whose first items are candidates, as baseline `cooccurrence` has them."""


def fit_prompted(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Load the model, which nothing is trained of; raises BaselineError where there is none."""
    try:
        model = load_language_model(settings["model"])
    except LanguageModelError as error:
        raise BaselineError(str(error)) from None
    pairs = pair_weights(data.histories, data.items, GAP_EXPONENT, BACKWARD)

    def base(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        counted = newest_items(histories, data.items, NEWEST, AGE_EXPONENT) @ pairs
        # Sums that differ by rounding alone, one after the other, become ties in float32.
        return np.asarray(counted.toarray(), dtype=np.float32)

    return Fitted(reranked(base, model, METHODS[settings["method"]], titles_of(data), settings, seed))


def titles_of(data: TrainingData) -> list[str]:
    """Return what prompts call each item [I]: its title, or `item 267`, by its place from 1."""
    told = data.titles or [""] * data.items
    return [title or f"item {item}" for item, title in enumerate(told, start=1)]


def reranked(
    base: Scorer, model: LanguageModel, method: Method, titles: list[str], settings: Settings, seed: int
) -> Scorer:
    """Return a scorer that puts the best candidates of `base` in the order of `method`, the rest behind.

    Candidates are items that the user doesn't have, `settings["candidates"]` of them; prompts show the
    newest `settings["history"]` items. Users without a history are ranked by `base`.
    """

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        found = base(users, histories).astype(np.float64)
        # From 0 to below 1; ties stay.
        lowest = found.min(axis=1, keepdims=True)
        scores = (found - lowest) / (found.max(axis=1, keepdims=True) - lowest + 1)
        asked = [row for row, history in enumerate(histories) if len(history)]
        candidates = [_first(found[row], histories[row], settings["candidates"]) for row in asked]
        cases = [
            Case(
                tuple(titles[item] for item in histories[row][-settings["history"] :]),
                tuple(titles[item] for item in chosen),
            )
            for row, chosen in zip(asked, candidates, strict=True)
        ]
        rng = generator(seed, "prompted", *(int(user) for user in users[:1]))
        ranked = method(model, cases, rng) if cases else []
        for row, chosen, own in zip(asked, candidates, ranked, strict=True):
            # Of equals the one that comes first in the base's order.
            scores[row, chosen] = 1 + np.argsort(np.argsort(own[::-1], kind="stable"))[::-1]
        return scores.astype(np.float32)

    return score


def _first(scores: np.ndarray, history: np.ndarray, count: int) -> np.ndarray:
    """Return the best items by `scores` [I] that aren't in `history`, at most `count`, best first."""
    order = np.argsort(-scores, kind="stable")
    return order[~np.isin(order, history)][:count]


FIT: Fit = fit_prompted
