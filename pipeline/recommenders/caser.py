"""Caser: convolutions over the newest items (Tang and Wang, WSDM 2018)."""

import torch
from torch import Tensor, nn

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.next_item import UserModel, binary_loss, own_model

HORIZONTAL = 16
VERTICAL = 4
"""Filters of each height, and over each dimension, as in the authors' code."""


class Caser(UserModel):
    """The newest L items as an image [L, D]: patterns of neighbouring items, and weighted sums over all."""

    def __init__(self, users: int, items: int, length: int, width: int, dropout: float) -> None:
        """`length` is L, `width` D; the representation is [B, 2 D]."""
        super().__init__(users, items, width, 2 * width)
        self.horizontal = nn.ModuleList(
            nn.Conv2d(1, HORIZONTAL, (height, width)) for height in range(1, length + 1)
        )
        self.vertical = nn.Conv2d(1, VERTICAL, (length, 1))
        self.joined = nn.Linear(HORIZONTAL * length + VERTICAL * width, width)
        self.dropout = nn.Dropout(dropout)

    def represent(self, users: Tensor, sequences: Tensor) -> Tensor:
        """Return [B, 2 D]: what both kinds of filters saw, and who it is (section 3)."""
        image = self.items(sequences).unsqueeze(1)
        patterns = [torch.relu(filters(image)).amax(dim=(2, 3)) for filters in self.horizontal]
        sums = self.vertical(image).flatten(1)
        seen = torch.relu(self.joined(self.dropout(torch.cat([*patterns, sums], dim=1))))
        return torch.cat([seen, self.users(users)], dim=1)


def build_caser(data: TrainingData, settings: Settings) -> Caser:
    """Return an untrained Caser of these settings."""
    return Caser(
        len(data.histories), data.items, settings["history"], settings["factors"], settings["dropout"]
    )


FIT = own_model(build_caser, binary_loss)
