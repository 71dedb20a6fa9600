"""HGN: hierarchical gates over the newest items (Ma, Kang and Liu, KDD 2019)."""

import torch
from torch import Tensor, nn

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.next_item import UserModel, own_model, pairwise_loss


class HierarchicalGating(UserModel):
    """One gate chooses features of each item for the user, the next chooses items."""

    def __init__(self, users: int, items: int, length: int, width: int, dropout: float) -> None:
        """`length` is L, `width` D; the representation is [B, D]."""
        super().__init__(users, items, width, width)
        self.feature_of_item = nn.Linear(width, width)
        self.feature_of_user = nn.Linear(width, width, bias=False)
        self.instance_of_item = nn.Linear(width, 1, bias=False)
        self.instance_of_user = nn.Linear(width, length, bias=False)
        self.dropout = nn.Dropout(dropout)

    def represent(self, users: Tensor, sequences: Tensor) -> Tensor:
        """Return [B, D]: the user, the gated items' mean, and the sum of the items themselves (eq. 1-8)."""
        items = self.dropout(self.items(sequences))
        user = self.users(users)
        chosen = items * torch.sigmoid(self.feature_of_item(items) + self.feature_of_user(user)[:, None])
        weights = torch.sigmoid(self.instance_of_item(chosen).squeeze(-1) + self.instance_of_user(user))
        gated = (chosen * weights[..., None]).mean(dim=1)
        return user + gated + items.sum(dim=1)


def build_hgn(data: TrainingData, settings: Settings) -> HierarchicalGating:
    """Return an untrained HGN of these settings."""
    return HierarchicalGating(
        len(data.histories), data.items, settings["history"], settings["factors"], settings["dropout"]
    )


FIT = own_model(build_hgn, pairwise_loss)
