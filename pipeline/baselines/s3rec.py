"""S3-Rec: self-attention over items, pre-trained on what items, attributes and sequences tell of one another.

Zhou et al., "S3-Rec: Self-Supervised Learning for Sequential Recommendation with Mutual Information
Maximization" (CIKM 2020). Attributes count in pre-training alone (`s3rec_pretraining`).
"""

import torch
from torch import Tensor, nn

from pipeline.baselines.self_attention import DEVIATION, AttentiveModel, SelfAttention


class S3Rec(AttentiveModel):
    """One stream of self-attention."""

    def __init__(self, items: int, length: int, width: int, heads: int, layers: int, dropout: float) -> None:
        """`length` is L, `width` D."""
        super().__init__(items, width)
        self.mask = nn.Parameter(DEVIATION * torch.randn(width))
        self.stream = SelfAttention(length, width, heads, layers, dropout)

    def represent(self, sequences: Tensor) -> Tensor:
        """Return [B, D]: what stands at the newest item (section 4.3)."""
        hidden: Tensor = self.stream(self.items(sequences), self.padding(sequences))
        return hidden[:, -1]

    def encode(self, sequences: Tensor, masked: Tensor) -> Tensor:
        """Return [B, L, D], each place seen from both sides, with a mask for the items where `masked`."""
        vectors = torch.where(masked[..., None], self.mask, self.items(sequences))
        hidden: Tensor = self.stream(vectors, self.padding(sequences), causal=False)
        return hidden
