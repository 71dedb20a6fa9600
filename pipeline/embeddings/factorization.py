"""User and item vectors by cornac's PMF or BiVAE, fitted on train interactions (sections 4.1 and 6.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pipeline.embeddings.config import EmbeddingsConfig
from pipeline.embeddings.feedback import Feedback
from pipeline.runtime.progress_bar import ProgressBar


class FactorizationError(ValueError):
    """The factorization gave vectors that are no numbers."""


@dataclass(frozen=True)
class Factors:
    """Vectors of all users and items; zeros for those that the feedback never shows.

    Attributes:
        users: float32 [N, U].
        items: float32 [I, U].
    """

    users: np.ndarray
    items: np.ndarray


def factorize(feedback: Feedback, users: int, items: int, config: EmbeddingsConfig, seed: int) -> Factors:
    """Fit the method of `config` on `feedback`; the same seed gives the same vectors, bit by bit.

    Raises FactorizationError where the fit diverges.
    """
    fit = {"pmf": _fit_pmf, "bivae": _fit_bivae}[config.method]
    with ProgressBar("factorization", 1, "fits"):  # cornac keeps its epochs to itself.
        model, dataset = fit(feedback, config, seed)
    factors = Factors(
        _placed(model.get_user_vectors(), dataset.uid_map, users),
        _placed(model.get_item_vectors(), dataset.iid_map, items),
    )
    check_finite(factors, config.method, f"lower embeddings.learning_rate ({config.learning_rate})")
    return factors


def check_finite(factors: Factors, method: str, advice: str) -> None:
    """Raise FactorizationError, with advice, where vectors hold NaN or infinity."""
    for name, matrix in (("user", factors.users), ("item", factors.items)):
        broken = int((~np.isfinite(matrix)).any(axis=1).sum())
        if broken:
            raise FactorizationError(
                f"{method}: {broken} of {len(matrix)} {name} vectors hold NaN or infinity; {advice}"
            )


def _dataset(feedback: Feedback) -> Any:
    # cornac takes seconds to import, and only this stage needs it.
    from cornac.data import Dataset

    triplets = zip(feedback.users.tolist(), feedback.items.tolist(), feedback.values.tolist(), strict=True)
    return Dataset.from_uir(list(triplets))


def _fit_pmf(feedback: Feedback, config: EmbeddingsConfig, seed: int) -> tuple[Any, Any]:
    from cornac.models import PMF

    dataset = _dataset(feedback)
    model = PMF(
        k=config.dimensions,
        max_iter=config.epochs,
        learning_rate=config.learning_rate,
        lambda_reg=config.pmf.regularization,
        variant=config.pmf.variant,
        seed=seed,
    )
    return model.fit(dataset), dataset


def _fit_bivae(feedback: Feedback, config: EmbeddingsConfig, seed: int) -> tuple[Any, Any]:
    from cornac.models import BiVAECF

    dataset = _dataset(feedback)
    model = BiVAECF(
        k=config.dimensions,
        encoder_structure=[config.bivae.hidden],
        likelihood=config.bivae.likelihood,
        n_epochs=config.epochs,
        batch_size=config.bivae.batch_size,
        learning_rate=config.learning_rate,
        seed=seed,
        # On the CPU the same seed gives the same bytes; the model is small enough for it.
        use_gpu=False,
    )
    # cornac seeds torch's own generators, those of CUDA too; they are handed back as they were.
    with torch.random.fork_rng(devices=list(range(torch.cuda.device_count()))):
        return model.fit(dataset), dataset


def _placed(vectors: np.ndarray, places: Mapping[int, int], count: int) -> np.ndarray:
    """Bring cornac's rows to our numbering: `places` maps our index to cornac's row."""
    placed = np.zeros((count, vectors.shape[1]), dtype=np.float32)
    with np.errstate(over="ignore"):  # What overflows becomes infinity, which `factorize` names.
        placed[list(places)] = vectors[list(places.values())]
    return placed
