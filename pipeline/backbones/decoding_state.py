"""What a search asks of a language model, whatever it is."""

from typing import Protocol

import torch

from pipeline.backbones.output_head import OutputHead


class DecodingState(Protocol):
    """Inputs that have been read, and the beams over each of them, decoded step by step.

    Attributes:
        head: from what `first` and `step` return to log-probabilities.
    """

    head: OutputHead

    def first(self) -> torch.Tensor:
        """Return the states that predict the first token, float [B, 1, D]; to be called once."""

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        """Feed the next token of every beam, int64 [B, K]; return the states that predict the one after.

        They are float [B, K, D]. K may change between two steps by `reorder` alone.
        """

    def reorder(self, samples: torch.Tensor, beams: torch.Tensor) -> None:
        """Let row b be what was sample `samples[b]`, and its beam k what was beam `beams[b, k]` of it.

        `samples` is int64 [B'], ascending, without those that are to leave; `beams` int64 [B', K'].
        """
