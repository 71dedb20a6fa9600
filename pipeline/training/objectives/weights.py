"""Cross-entropy whose targets weigh by item and place: what IGD, position weights and groups share."""

import torch

from pipeline.training.objectives.base import OFF_TREE, Catalogue, Objective, Predicted, Steps


def weighted(catalogue: Catalogue, weights: torch.Tensor) -> Objective:
    """Return the cross-entropy in which the target at place t of item i weighs `weights[i, t]`, scaled."""
    table = scaled(catalogue, weights)

    def loss(said: Predicted, steps: Steps) -> torch.Tensor:
        return (said.losses() * weights_at(table, steps)).sum()

    return Objective(loss)


def scaled(catalogue: Catalogue, weights: torch.Tensor) -> torch.Tensor:
    """Return `weights`, float [I, longest], not below 0, with a mean of 1 over all train targets.

    So items count beside other tasks as they do without weights. Behind an answer's end weights mean nothing.
    """
    counts = torch.from_numpy(catalogue.counts).to(weights.device, torch.float64)
    steps = catalogue.trie.steps.double()
    mean = (counts @ (weights * steps)).sum() / (counts @ steps).sum()
    return (weights / mean).float()


def weights_at(weights: torch.Tensor, steps: Steps) -> torch.Tensor:
    """Return the weight of each target, float [M]; one off the tree weighs 1."""
    on_tree = steps.edges != OFF_TREE
    places = steps.places.clamp(max=weights.shape[1] - 1)
    return torch.where(on_tree, weights[steps.items.clamp(min=0), places], 1.0)


def lengths(catalogue: Catalogue) -> torch.Tensor:
    """Return the tokens of each item's answer, the end among them, int64 [I]."""
    return catalogue.trie.steps.sum(1)
