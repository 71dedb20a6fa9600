"""MSL: a softmax over the tokens that may follow (Wang et al., 2025, "Not All Tokens Are What You Need").

Decoding never compares an item's token with one that spells no item, so that training needn't, either.
"""

import torch

from pipeline.prompts.item_trie import MASKED
from pipeline.training.objectives.base import OFF_TREE, Catalogue, Objective, Predicted, Steps
from pipeline.training.objectives.config import ObjectiveConfig


def make(catalogue: Catalogue, settings: ObjectiveConfig) -> Objective:
    """Compare a target with the tokens of its node alone; one off the tree with the whole vocabulary."""
    trie = catalogue.trie
    temperature = settings.temperature

    def loss(said: Predicted, steps: Steps) -> torch.Tensor:
        on_tree = steps.edges != OFF_TREE
        edges = steps.edges[on_tree]
        # Edge e leads to node e + 1; the edges that leave one node stand side by side.
        among, real = trie.edges(trie.sources[edges])
        tokens, column = trie.token[among].unique(return_inverse=True)
        logits = (said.states[on_tree] @ said.projection[tokens].T).float() / temperature
        logits = logits.gather(1, column).masked_fill(~real, MASKED)
        own = (among == edges[:, None]) & real
        chosen = logits.masked_fill(~own, 0).sum(1)
        total = temperature * (logits.logsumexp(1) - chosen).sum()
        if on_tree.all():
            return total
        off_tree = Predicted(said.states[~on_tree], said.projection, said.targets[~on_tree])
        return total + off_tree.losses().sum()

    return Objective(loss)
