"""A causal language model one token at a time, for many beams over one input that is read once.

The keys and values of the input, and of every token of every beam, are computed once, laid end to end and
never copied: each beam sees those of its own past, by a mask, all that changes with the order of beams.
"""

import torch

from pipeline.backbones.base import Embedded
from pipeline.backbones.causal.backbone import CausalBackbone, last_real
from pipeline.backbones.output_head import OutputHead


class CausalDecodingState:
    """Decode step by step; equal to the model on the whole sequence.

    Args (of the constructor):
        backbone: the model, in evaluation mode.
        inputs: at least one real token each.

    Attributes:
        head: from what `first` and `step` return to log-probabilities.
    """

    def __init__(self, backbone: CausalBackbone, inputs: Embedded) -> None:
        """Read the inputs."""
        self._model = backbone.llm.model
        self._embed = backbone.embed
        out = backbone.read(inputs.vectors, inputs.mask, use_cache=True)
        rows = torch.arange(inputs.mask.shape[0], device=inputs.mask.device)
        self._first = out.last_hidden_state[rows, last_real(inputs.mask)[:, -1]][:, None]
        self._cache = out.past_key_values
        # Which places of the cache each beam sees, bool [B, K, places].
        self._visible = (inputs.mask > 0)[:, None]
        # Tokens of each sequence so far, int64 [B].
        self._lengths = inputs.mask.sum(1)
        self.head = OutputHead(backbone.projection)

    def first(self) -> torch.Tensor:
        """Return the states that predict the first token, float [B, 1, D]; to be called once."""
        return self._first

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        """Feed the next token of every beam, int64 [B, K]; return the states that predict the one after.

        They are float [B, K, D].
        """
        samples, beams = tokens.shape
        itself = torch.eye(beams, dtype=torch.bool, device=tokens.device).expand(samples, -1, -1)
        self._visible = torch.cat([self._visible, itself], dim=2)
        out = self._model(
            inputs_embeds=self._embed(tokens),
            attention_mask=self._visible[:, None],
            position_ids=self._lengths[:, None].expand(-1, beams),
            past_key_values=self._cache,
            use_cache=True,
        )
        self._lengths = self._lengths + 1
        return out.last_hidden_state

    def reorder(self, samples: torch.Tensor, beams: torch.Tensor) -> None:
        """Let row b be what was sample `samples[b]`, and its beam k what was beam `beams[b, k]` of it.

        `samples` is int64 [B'], ascending, without those that are to leave; `beams` int64 [B', K'].
        """
        if samples.shape[0] < self._lengths.shape[0]:
            self._cache.batch_select_indices(samples)
            self._lengths = self._lengths[samples]
        self._visible = self._visible[samples[:, None], beams]
