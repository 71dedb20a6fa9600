"""A tree of four items that is worked by hand, and what a model says of their tokens.

Tokens 2, 3, 4, 5 spell; 1 ends. Items: 2 4, 2 5, 3 4 and 3 5 4.

    root -2-> A -4-> AA -1-> item 0
                -5-> AB -1-> item 1
         -3-> B -4-> BA -1-> item 2
                -5-> BB -4-> BC -1-> item 3
"""

import numpy as np
import torch

from pipeline.backbones.base import IGNORED
from pipeline.prompts.item_trie import ItemTrie
from pipeline.prompts.whole_words import WordTokens
from pipeline.training.objectives.base import Catalogue, Predicted, steps_of

VOCABULARY = 8
ITEMS = ([2, 4, 1], [2, 5, 1], [3, 4, 1], [3, 5, 4, 1])
ALLOWED = (
    ((2, 3), (4, 5), (1,)),
    ((2, 3), (4, 5), (1,)),
    ((2, 3), (4, 5), (1,)),
    ((2, 3), (4, 5), (4,), (1,)),
)
"""The tokens that may stand at each place of each item."""
COUNTS = np.array([4, 2, 1, 1])


def catalogue(counts: np.ndarray = COUNTS) -> Catalogue:
    return Catalogue(ItemTrie.build(WordTokens.join([np.array(one) for one in ITEMS])), counts)


def labels(*items: int) -> torch.Tensor:
    longest = max(len(ITEMS[item]) for item in items)
    return torch.tensor([ITEMS[item] + [IGNORED] * (longest - len(ITEMS[item])) for item in items])


def said(wanted: torch.Tensor, seed: int = 0, blind: bool = False) -> Predicted:
    """Random states and projection, both with gradients, for the targets among labels."""
    rng = torch.Generator().manual_seed(seed)
    targets = wanted[wanted != IGNORED]
    states = torch.randn(len(targets), 3, generator=rng, requires_grad=True)
    projection = torch.randn(VOCABULARY, 3, generator=rng, requires_grad=True)
    return Predicted(
        states, projection, targets, torch.randn(len(targets), 3, generator=rng) if blind else None
    )


def steps(wanted: torch.Tensor):
    return steps_of(catalogue().trie, wanted)
