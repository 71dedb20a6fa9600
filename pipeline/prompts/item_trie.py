"""All items' token sequences as a tree, so that a beam can only spell real items."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from pipeline.prompts.whole_words import WordTokens

ROOT = 0
MASKED = float("-inf")
"""Score of what can't be."""


def padded_sequences(sequences: WordTokens, fill: int) -> np.ndarray:
    """Return token sequences as a matrix, filled up with `fill`, int64 [sequences, longest]."""
    matrix = np.full((len(sequences), int(np.diff(sequences.offsets).max())), fill, dtype=np.int64)
    for row in range(len(sequences)):
        matrix[row, : len(sequences[row])] = sequences[row]
    return matrix


@dataclass(frozen=True)
class ItemTrie:
    """A prefix tree over token sequences that end with the end-of-sequence token.

    Edges are grouped by the node they leave; every array is int64.

    Attributes:
        first: index of each node's first edge, [nodes].
        count: edges that leave each node, [nodes].
        token: what each edge spells, [edges].
        target: the node each edge leads to, [edges].
        item: the item that ends at each node, -1 inside, [nodes].
        paths: the edges of each item's sequence, filled up with its last edge, [I, longest].
    """

    first: torch.Tensor
    count: torch.Tensor
    token: torch.Tensor
    target: torch.Tensor
    item: torch.Tensor
    paths: torch.Tensor

    @classmethod
    def build(cls, sequences: WordTokens) -> "ItemTrie":
        """Build the tree of all items; raises ValueError when two items share a sequence."""
        padded = padded_sequences(sequences, -1)
        longest = padded.shape[1]
        parents = np.zeros(len(sequences), dtype=np.int64)
        alive = np.ones(len(sequences), dtype=bool)
        edges: list[np.ndarray] = []
        paths = np.zeros((len(sequences), longest), dtype=np.int64)
        nodes = 1
        item_at = [np.full(1, -1, dtype=np.int64)]
        for depth in range(longest):
            alive &= padded[:, depth] >= 0
            # Edges of one depth, in the order of (parent, token), lead to nodes in that order.
            keys = np.stack([parents[alive], padded[alive, depth]], axis=1)
            unique, inverse = np.unique(keys, axis=0, return_inverse=True)
            edges.append(unique)
            parents[alive] = nodes + inverse.reshape(-1)
            paths[:, depth] = np.where(alive, parents - 1, paths[:, depth - 1] if depth else 0)
            level = np.full(len(unique), -1, dtype=np.int64)
            ends = alive & (padded[:, depth + 1] < 0 if depth + 1 < longest else True)
            places = parents[ends] - nodes
            if len(np.unique(places)) != len(places):
                raise ValueError("two items have the same tokens; every item needs an answer of its own")
            level[places] = np.flatnonzero(ends)
            item_at.append(level)
            nodes += len(unique)
        # Edge e leads to node e + 1, since levels are laid out one after the other.
        leaves = np.concatenate(edges)
        count = np.bincount(leaves[:, 0], minlength=nodes)
        arrays = (
            np.cumsum(count) - count,
            count,
            leaves[:, 1],
            np.arange(1, nodes),
            np.concatenate(item_at),
            paths,
        )
        return cls(*(torch.from_numpy(np.ascontiguousarray(array)) for array in arrays))

    def to(self, device: torch.device) -> "ItemTrie":
        """Return the tree on `device`."""
        return ItemTrie(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))

    def allowed(self, items: torch.Tensor) -> torch.Tensor:
        """Return which edges spell one of each sample's items [B, C], as bool [B, edges]."""
        mask = torch.zeros(len(items), len(self.token), dtype=torch.bool, device=items.device)
        return mask.scatter_(1, self.paths[items].flatten(1), True)

    def without(self, items: torch.Tensor) -> torch.Tensor:
        """Return which edges spell an item that isn't one of each sample's items, as bool [B, edges].

        `items` is int64 [B, C], different items in each row, filled up with -1.
        """
        spelled = torch.zeros(len(items), len(self.token), dtype=torch.int64, device=items.device)
        real = items.clamp(min=0)
        steps = self.steps[real] * (items >= 0)[..., None]
        spelled.scatter_add_(1, self.paths[real].flatten(1), steps.flatten(1))
        return self._spells > spelled

    @cached_property
    def steps(self) -> torch.Tensor:
        """1 for each edge of a path, 0 where the path is filled up with its last one, int64 [I, longest]."""
        steps = torch.ones_like(self.paths)
        steps[:, 1:] = (self.paths[:, 1:] != self.paths[:, :-1]).long()
        return steps

    @cached_property
    def _spells(self) -> torch.Tensor:
        """Items that each edge helps to spell, int64 [edges]."""
        total = torch.zeros(len(self.token), dtype=torch.int64, device=self.paths.device)
        return total.scatter_add_(0, self.paths.flatten(), self.steps.flatten())

    def conditional(self, scores: np.ndarray) -> torch.Tensor:
        """Return the log-probability of each edge at the node that it leaves, float32 [B, edges], on the CPU.

        Args:
            scores: of items, log-probabilities up to a constant per row, float [B, I]; -inf: impossible.

        An edge's share is that of the items that it helps to spell: those of a node sum to 1, those along an
        item's path multiply to the item's probability. An edge that spells no possible item has -inf.
        """
        # On the CPU sums have one order, and the same bits again.
        paths = self.paths.cpu().flatten().expand(len(scores), -1)
        spread = torch.from_numpy(scores).double()[:, :, None].masked_fill(self.steps.cpu() == 0, MASKED)
        spread = spread.flatten(1)
        shape = len(scores), len(self.token)
        most = torch.full(shape, torch.finfo(torch.float64).min, dtype=torch.float64)
        most.scatter_reduce_(1, paths, spread, "amax")
        total = torch.zeros_like(most).scatter_add_(1, paths, (spread - most.gather(1, paths)).exp())
        below = most + total.log()
        root = below[:, : int(self.count[ROOT])].logsumexp(1, keepdim=True)
        # Edge e leads to node e + 1.
        parent = torch.cat([root, below], dim=1)[:, self.sources.cpu()]
        return torch.where(below > MASKED, below - parent, MASKED).float()

    @cached_property
    def sources(self) -> torch.Tensor:
        """The node that each edge leaves, int64 [edges]."""
        nodes = torch.arange(len(self.count), device=self.count.device)
        return torch.repeat_interleave(nodes, self.count)

    def information_gain(self, counts: np.ndarray) -> torch.Tensor:
        """Return how much each edge says about the item, in nats, float64 [edges].

        With p the share of an item in `counts`, int64 [I], a node holds the sum of -p log p of the items
        below it, and an edge says what its node holds less what is held where it leads: 0 for the only edge
        of a node (Lin et al., 2025, "IGD").
        """
        shares = torch.from_numpy(counts / max(counts.sum(), 1)).to(self.paths.device)
        held = -torch.special.xlogy(shares, shares)
        below = torch.zeros(len(self.token), dtype=torch.float64, device=self.paths.device)
        below.scatter_add_(0, self.paths.flatten(), (held[:, None] * self.steps).flatten())
        # Edge e leads to node e + 1.
        gains = torch.cat([held.sum()[None], below])[self.sources] - below
        return gains.clamp(min=0).masked_fill(self.count[self.sources] == 1, 0)

    def relative_gain(self, counts: np.ndarray) -> torch.Tensor:
        """Return `information_gain` between the edges of each node, the least 0, the most 1, [edges]."""
        gains = self.information_gain(counts)
        least = torch.full((len(self.count),), torch.inf, dtype=torch.float64, device=gains.device)
        least.scatter_reduce_(0, self.sources, gains, "amin")
        most = torch.zeros_like(least).scatter_reduce_(0, self.sources, gains, "amax")
        spread = (most - least)[self.sources]
        return torch.where(spread > 0, (gains - least[self.sources]) / spread, 0)

    def edges(self, nodes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the edges that leave `nodes` [B, K]: indices and which of them are real, both [B, K, C]."""
        counts = self.count[nodes]
        column = torch.arange(max(1, int(counts.max())), device=nodes.device)
        real = column < counts[..., None]
        return torch.where(real, self.first[nodes][..., None] + column, 0), real
