"""What a factorization is fitted on: each (user, item) pair of the train interactions once."""

from dataclasses import dataclass

import numpy as np

from pipeline.embeddings.config import EmbeddingsConfig


class FeedbackError(ValueError):
    """The train interactions can't be factorized as asked."""


@dataclass(frozen=True)
class Feedback:
    """Distinct (user, item) pairs, ascending, with a value each.

    Attributes:
        users: int64 [pairs].
        items: int64 [pairs].
        values: float32 [pairs].
    """

    users: np.ndarray
    items: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        """Number of distinct pairs."""
        return len(self.users)


def choose_feedback(
    users: np.ndarray, items: np.ndarray, ratings: np.ndarray, config: EmbeddingsConfig
) -> Feedback:
    """Return what `config` fits on: PMF takes ones or ratings, BiVAE only knows ones."""
    if config.method == "pmf" and config.pmf.feedback == "ratings":
        return rating_feedback(users, items, ratings)
    return ones_feedback(users, items)


def ones_feedback(users: np.ndarray, items: np.ndarray) -> Feedback:
    """Return every distinct pair with the value 1 (implicit feedback); users, items: int [interactions]."""
    pairs, _ = _distinct(users, items)
    return Feedback(pairs[:, 0], pairs[:, 1], np.ones(len(pairs), dtype=np.float32))


def rating_feedback(users: np.ndarray, items: np.ndarray, ratings: np.ndarray) -> Feedback:
    """Return every distinct pair with its mean rating.

    `ratings` is float [interactions], NaN where the source has none; raises FeedbackError for a NaN.
    """
    missing = int(np.isnan(ratings).sum())
    if missing:
        raise FeedbackError(
            f"embeddings.pmf.feedback is ratings, but {missing} of {len(ratings)} train interactions have no "
            "rating (the P5 format has none); use ones"
        )
    pairs, place = _distinct(users, items)
    sums = np.bincount(place, weights=ratings, minlength=len(pairs))
    values = sums / np.bincount(place, minlength=len(pairs))
    return Feedback(pairs[:, 0], pairs[:, 1], values.astype(np.float32))


def _distinct(users: np.ndarray, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if len(users) == 0:
        raise FeedbackError("no train interactions to factorize")
    pairs, place = np.unique(np.stack([users, items], axis=1).astype(np.int64), axis=0, return_inverse=True)
    return pairs, place.reshape(-1)
