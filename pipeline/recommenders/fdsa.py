"""FDSA: self-attention over items, and beside it over their attributes (Zhang et al., IJCAI 2019)."""

import torch
from scipy.sparse import csr_matrix
from torch import Tensor, nn

from pipeline.recommenders.base import TrainingData, needed_attributes
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.attributes import owned_attributes
from pipeline.recommenders.parts.next_item import full_loss, own_model
from pipeline.recommenders.parts.self_attention import DEVIATION, AttentiveModel, SelfAttention


class FDSA(AttentiveModel):
    """Two streams of self-attention, joined at the newest item."""

    def __init__(
        self, attributes: csr_matrix, length: int, width: int, heads: int, layers: int, dropout: float
    ) -> None:
        """`attributes` are ones [I, A], `length` is L, `width` D."""
        items, count = attributes.shape
        super().__init__(items, width)
        self.register_buffer("owned", owned_attributes(attributes))
        self.attributes = nn.Embedding(count + 1, width, padding_idx=count)
        nn.init.normal_(self.attributes.weight[:-1], std=DEVIATION)
        self.importance = nn.Linear(width, 1)
        self.item_stream = SelfAttention(length, width, heads, layers, dropout)
        self.attribute_stream = SelfAttention(length, width, heads, layers, dropout)
        self.joined = nn.Linear(2 * width, width)

    def represent(self, sequences: Tensor) -> Tensor:
        """Return [B, D]: both streams at the newest item (section 3)."""
        padding = self.padding(sequences)
        items = self.item_stream(self.items(sequences), padding)
        attributes = self.attribute_stream(self.described(sequences), padding)
        joined: Tensor = self.joined(torch.cat([items[:, -1], attributes[:, -1]], dim=1))
        return joined

    def described(self, sequences: Tensor) -> Tensor:
        """Return what is known of each item, its attributes weighed by attention [B, L, D]; 0 of nothing."""
        owned = self.get_buffer("owned")[sequences]
        vectors = self.attributes(owned)
        scores = self.importance(vectors).squeeze(-1)
        absent = owned == self.attributes.num_embeddings - 1
        # Not infinity: without any attribute the weights are even, and the vectors zeros.
        weights = scores.masked_fill(absent, -1e9).softmax(dim=-1)
        return torch.einsum("blm,blmd->bld", weights, vectors)


def build_fdsa(data: TrainingData, settings: Settings) -> FDSA:
    """Return an untrained FDSA of these settings."""
    attributes = needed_attributes(data, "FDSA")
    return FDSA(
        attributes,
        settings["history"],
        settings["factors"],
        settings["heads"],
        settings["layers"],
        settings["dropout"],
    )


FIT = own_model(build_fdsa, full_loss)
