"""S3-Rec: self-attention over items, pre-trained on what items, attributes and sequences tell of one another.

Zhou et al., "S3-Rec: Self-Supervised Learning for Sequential Recommendation with Mutual Information
Maximization" (CIKM 2020). Pre-training has all four objectives of its section 4.2, on train histories;
attributes count there alone. Ours compares scores where the authors' code compares their sigmoids, and takes
another sequence of the batch for the wrong segment.
"""

import torch
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional

from pipeline.recommenders.base import TrainingData, needed_attributes
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.next_item import full_loss, newest, own_model
from pipeline.recommenders.parts.self_attention import DEVIATION, MaskedStream

MASKED = 0.2
"""Share of the items that are hidden."""
ASSOCIATED = 0.2
ITEM = 1.0
ATTRIBUTE = 1.0
SEGMENT = 0.5
"""Weights of the four losses, as in the authors' code."""


def build_s3rec(data: TrainingData, settings: Settings) -> MaskedStream:
    """Return an S3-Rec of these settings, pre-trained on the train histories of two items or more."""
    attributes = needed_attributes(data, "S3-Rec")
    length = settings["history"]
    width = settings["factors"]
    model = MaskedStream(
        data.items, length, width, settings["heads"], settings["layers"], settings["dropout"]
    )
    pretraining = Pretraining(model, attributes, width)
    sequences = newest([history for history in data.histories if len(history) > 1], length, data.items)
    optimizer = torch.optim.Adam(pretraining.parameters(), lr=settings["learning_rate"])
    for _ in range(settings["pretraining_epochs"]):
        for rows in torch.randperm(len(sequences)).split(settings["batch_size"]):
            optimizer.zero_grad()
            pretraining(sequences[rows]).backward()
            optimizer.step()
    return model


class Pretraining(nn.Module):
    """The model under pre-training, the attributes' vectors, and a bilinear form for each objective."""

    def __init__(self, model: MaskedStream, attributes: csr_matrix, width: int) -> None:
        """`attributes` are ones [I, A], `width` is D."""
        super().__init__()
        self.model = model
        self.owned = attributes
        self.attributes = nn.Parameter(DEVIATION * torch.randn(attributes.shape[1], width))
        self.of_associated, self.of_item, self.of_attribute, self.of_segment = (
            nn.Linear(width, width, bias=False) for _ in range(4)
        )

    def forward(self, sequences: Tensor) -> Tensor:
        """Return the weighted loss of `sequences` [B, L], padded on the left, a sequence."""
        there = ~self.model.padding(sequences)
        masked = there & (torch.rand(sequences.shape) < MASKED)
        hidden = self.model.encode(sequences, masked)[masked]
        shown = sequences[there & ~masked]
        hid = sequences[masked]
        total = (
            ASSOCIATED * self.attribute_loss(self.of_associated(self.model.items(shown)), shown)
            + ITEM * self.item_loss(hidden, hid)
            + ATTRIBUTE * self.attribute_loss(self.of_attribute(hidden), hid)
            + SEGMENT * self.segment_loss(sequences, there)
        )
        return total / len(sequences)

    def attribute_loss(self, states: Tensor, items: Tensor) -> Tensor:
        """Return the binary cross-entropy of the attributes of `items` [S] by their `states` [S, D]."""
        owned = torch.from_numpy(self.owned[items.numpy()].toarray())
        return functional.binary_cross_entropy_with_logits(states @ self.attributes.T, owned, reduction="sum")

    def item_loss(self, hidden: Tensor, items: Tensor) -> Tensor:
        """Return the pairwise loss of the hidden `items` [S], by what stands in their place [S, D]."""
        others = torch.randint(self.owned.shape[0], items.shape)
        return _pairwise(self.of_item(hidden), self.model.items(items), self.model.items(others))

    def segment_loss(self, sequences: Tensor, there: Tensor) -> Tensor:
        """Return the pairwise loss of each sequence's hidden segment, by the newest place of what is left."""
        inside, segments = draw_segments(sequences, there, self.model.items.num_embeddings - 1)
        context = self.model.encode(sequences, inside)[:, -1]
        found = self.model.encode(segments, torch.zeros_like(inside))[:, -1]
        return _pairwise(self.of_segment(context), found, found.roll(1, 0))


def _pairwise(states: Tensor, right: Tensor, wrong: Tensor) -> Tensor:
    return -functional.logsigmoid((states * (right - wrong)).sum(-1)).sum()


def draw_segments(sequences: Tensor, there: Tensor, padding: int) -> tuple[Tensor, Tensor]:
    """Draw a run of 1 to half of each sequence's items: where it is, bool [B, L], and it alone [B, L].

    `there` tells items from padding, which stands on the left in both.
    """
    rows, length = sequences.shape
    items = there.sum(1)
    size = 1 + (torch.rand(rows) * (items // 2)).long()
    start = length - items + (torch.rand(rows) * (items - size + 1)).long()
    places = torch.arange(length)
    inside = (places >= start[:, None]) & (places < (start + size)[:, None])
    moved = places - (length - start - size)[:, None]
    alone = sequences.gather(1, moved.clamp(min=0))
    return inside, alone.where(places >= (length - size)[:, None], torch.tensor(padding))


FIT = own_model(build_s3rec, full_loss)
