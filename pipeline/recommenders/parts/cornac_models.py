"""The adapter over cornac 3: each of its models as a Fit, with our indices for its own."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from pipeline.recommenders.base import Fit, Fitted, TrainingData, Vectors, history_matrix
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.svd import factored

Make = Callable[[Any, Settings, int], Any]
"""From `cornac.models`, settings and a seed to an unfitted model."""
Parts = Callable[[Any, TrainingData], tuple[Any, Any]]
"""From a fitted model to the vectors of users [N, D] and items [I, D] in it, arrays or tensors."""


def by_user(make: Make, parts: Parts | None = None, rated: bool = False) -> Fit:
    """Fit a model that keeps what it knows of each user; `rated`: fit it on ratings where there are any."""

    def fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
        model = _fitted(make, data, settings, seed, rated)
        return Fitted(
            lambda users, histories: _stack(model.score(user) for user in users.tolist()),
            _vectors(parts, model, data),
        )

    return fit


def by_history(make: Make, weights: Callable[[Any], Any]) -> Fit:
    """Fit a model whose scores are a history's ones times `weights` [I, I]."""

    def fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
        matrix = weights(_fitted(make, data, settings, seed))

        def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
            return _dense(history_matrix(histories, data.items) @ matrix)

        return Fitted(
            score, lambda width: factored(history_matrix(data.histories, data.items), matrix, width)
        )

    return fit


def by_encoded_history(make: Make) -> Fit:
    """Fit an autoencoder, which encodes a history into the user's factors."""

    def fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
        model = _fitted(make, data, settings, seed)

        def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
            rows = torch.from_numpy(history_matrix(histories, data.items).toarray())
            with torch.no_grad():
                factors, _ = model.vae.encode(rows)
                return np.asarray(model.vae.decode(factors).numpy(), dtype=np.float32)

        return Fitted(score)

    return fit


def by_sequence(make: Make, parts: Parts, parallel: bool = False) -> Fit:
    """Fit a next-item model on each user's train items as one session; `parallel`: a batch is sessions."""

    def fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
        import cornac.models
        from cornac.data import SequentialDataset

        sessions = [
            (user, user, item, place)
            for user, history in enumerate(data.histories)
            for place, item in enumerate(history.tolist())
        ]
        if parallel:
            # With fewer sessions than a batch holds cornac's states and inputs differ in length.
            whole = sum(len(history) > 1 for history in data.histories)
            settings = settings | {"batch_size": min(settings["batch_size"], whole)}
        users = _places(len(data.histories))
        items = _places(data.items)
        with _seeded(seed):
            dataset = SequentialDataset.build(
                sessions, fmt="USIT", global_uid_map=users, global_iid_map=items, seed=seed
            )
            model = make(cornac.models, settings, seed).fit(dataset)

        def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
            pairs = zip(users.tolist(), histories, strict=True)
            with torch.no_grad():
                return _stack(model.score(user, history.tolist()) for user, history in pairs)

        return Fitted(score, _vectors(parts, model, data))

    return fit


def _vectors(parts: Parts | None, model: Any, data: TrainingData) -> Callable[[int], Vectors] | None:
    if parts is None:
        return None

    def vectors(width: int) -> Vectors:
        with torch.no_grad():
            users, items = parts(model, data)
        # A parameter in the model stays one, whatever `no_grad` says.
        users, items = (torch.as_tensor(part).detach().float().numpy() for part in (users, items))
        return Vectors(users, items)

    return vectors


def _fitted(make: Make, data: TrainingData, settings: Settings, seed: int, rated: bool = False) -> Any:
    # cornac takes seconds to import.
    import cornac.models
    from cornac.data import Dataset

    users = np.repeat(np.arange(len(data.histories)), [len(history) for history in data.histories])
    items = np.concatenate(data.histories)
    values = np.concatenate(data.ratings) if rated and data.ratings else np.ones(len(items))
    # Of a repeated pair cornac keeps the first, and warns.
    _, first = np.unique(np.stack([users, items]), axis=1, return_index=True)
    first.sort()
    triplets = zip(users[first].tolist(), items[first].tolist(), values[first].tolist(), strict=True)
    with _seeded(seed):
        dataset = Dataset.build(
            triplets,
            global_uid_map=_places(len(data.histories)),
            global_iid_map=_places(data.items),
            seed=seed,
        )
        model = make(cornac.models, settings, seed)
        model.fit(dataset)
    return model


def _places(count: int) -> OrderedDict[int, int]:
    """The map from ids to rows that makes cornac's rows our indices, those that train never shows too."""
    return OrderedDict((place, place) for place in range(count))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global generators that some models draw from, and hand them back as they were."""
    state = np.random.get_state()
    with torch.random.fork_rng(devices=list(range(torch.cuda.device_count()))):
        torch.manual_seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            np.random.set_state(state)


def _stack(rows: Iterator[Any]) -> np.ndarray:
    return np.stack([np.asarray(row, dtype=np.float32).ravel() for row in rows])


def _dense(product: Any) -> np.ndarray:
    dense = product.toarray() if hasattr(product, "toarray") else product
    return np.asarray(dense, dtype=np.float32)
