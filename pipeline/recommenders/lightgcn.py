"""LightGCN: embeddings averaged along the graph of train interactions (He et al., SIGIR 2020).

cornac's needs DGL, which doesn't install with our pins.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.recommenders.base import Fit, Fitted, TrainingData, Vectors
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.negatives import Negatives


def normalized_graph(data: TrainingData) -> Tensor:
    """Return D^-1/2 A D^-1/2 of the graph of users, then items, sparse [N + I, N + I] (eq. 3)."""
    counts = [len(np.unique(history)) for history in data.histories]
    users = torch.from_numpy(np.repeat(np.arange(len(counts)), counts))
    items = torch.from_numpy(
        np.concatenate([np.unique(history) for history in data.histories]).astype(np.int64)
    )
    items = items + len(counts)
    size = len(counts) + data.items
    edges = torch.stack([torch.cat([users, items]), torch.cat([items, users])])
    degrees = torch.bincount(edges[0], minlength=size).clamp(min=1).float()
    weights = (degrees[edges[0]] * degrees[edges[1]]).rsqrt()
    return torch.sparse_coo_tensor(edges, weights, (size, size), check_invariants=False).coalesce()


def propagate(graph: Tensor, embeddings: Tensor, layers: int) -> Tensor:
    """Return the mean of 0 to `layers` steps along the graph [N + I, D] (eq. 4)."""
    total = state = embeddings
    for _ in range(layers):
        state = torch.sparse.mm(graph, state)
        total = total + state
    return total / (layers + 1)


def fit_lightgcn(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Score by the propagated embeddings, trained with BPR and Adam (eq. 15)."""
    rng = np.random.default_rng(seed)
    users = len(data.histories)
    graph = normalized_graph(data)
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(users + data.items, settings["factors"], generator=generator) * 0.1
    embeddings = nn.Parameter(start)
    owners = np.repeat(np.arange(users), [len(history) for history in data.histories])
    liked = np.concatenate(data.histories)
    negatives = Negatives(data)
    optimizer = torch.optim.Adam([embeddings], lr=settings["learning_rate"])
    for _ in range(settings["epochs"]):
        order = rng.permutation(len(owners))
        for begin in range(0, len(order), settings["batch_size"]):
            rows = order[begin : begin + settings["batch_size"]]
            other = negatives.draw(owners[rows], 1, rng)[:, 0]
            places = [
                torch.from_numpy(np.asarray(place, dtype=np.int64))
                for place in (owners[rows], liked[rows] + users, other + users)
            ]
            loss = _loss(graph, embeddings, places, settings)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        final = propagate(graph, embeddings, settings["layers"]).numpy()
    return Fitted(
        lambda chosen, histories: final[chosen] @ final[users:].T,
        lambda width: Vectors(final[:users], final[users:]),
    )


def _loss(graph: Tensor, embeddings: Tensor, places: list[Tensor], settings: Settings) -> Tensor:
    final = propagate(graph, embeddings, settings["layers"])
    user, positive, negative = (final[place] for place in places)
    ranking = -functional.logsigmoid((user * (positive - negative)).sum(1)).mean()
    squares = sum(embeddings[place].pow(2).sum() for place in places) / len(places[0])
    return ranking + settings["regularization"] / 2 * squares


FIT: Fit = fit_lightgcn
