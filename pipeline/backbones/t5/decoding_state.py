"""T5's decoder one token at a time, for many beams over one encoded input.

The encoder's output is read once per input: its cross-attention keys and values are computed once and shared
by all beams, never copied per beam.
"""

from dataclasses import dataclass
from typing import Any, cast

import torch

from pipeline.backbones.base import Embedded
from pipeline.backbones.output_head import OutputHead
from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.backbones.t5.cpu.packed_encoding import encode_packed


@dataclass
class _Layer:
    """Cross keys [B, H, D/H, L] and values [B, H, L, D/H]; self keys and values so far [B, K, H, t, D/H]."""

    cross_keys: torch.Tensor
    cross_values: torch.Tensor
    keys: torch.Tensor | None = None
    values: torch.Tensor | None = None


class T5DecodingState:
    """Decode step by step; equal to the T5's own decoder on the whole prefix.

    Args (of the constructor):
        backbone: the model, in evaluation mode.
        states: the encoder's output, [B, L, D].
        mask: 1 for what may be attended to, [B, L].

    Attributes:
        head: from what `first` and `step` return to log-probabilities.
    """

    def __init__(self, backbone: T5Backbone, states: torch.Tensor, mask: torch.Tensor) -> None:
        """Compute the cross-attention keys and values of every layer."""
        self._t5 = backbone.t5
        self._heads = self._t5.config.num_heads
        self._blocks = cast(Any, self._t5.decoder.block)
        self._steps = 0
        self._cross_mask = torch.where(mask[:, None, None, :] > 0, 0.0, float("-inf")).to(states.dtype)
        # Laid out as the products of each step want them, or every step would copy them.
        self._layers = [
            _Layer(
                self._split(attention.k(states)).transpose(-1, -2).contiguous(),
                self._split(attention.v(states)).contiguous(),
            )
            for attention in (block.layer[1].EncDecAttention for block in self._blocks)
        ]
        self.head = OutputHead(backbone.projection, backbone.scale)

    @classmethod
    def begin(cls, backbone: T5Backbone, inputs: Embedded) -> "T5DecodingState":
        """Encode the inputs, on the CPU without their padding."""
        if torch.compiler.is_exporting():
            # Packed or in groups, the shapes would depend on what the mask holds.
            states = backbone.encode_whole(inputs)
        elif inputs.vectors.device.type == "cpu":
            states = encode_packed(backbone.t5, inputs.vectors, inputs.mask)
        else:
            states = backbone.encode(inputs)
        return cls(backbone, states, inputs.mask)

    def first(self) -> torch.Tensor:
        """Return the states that predict the first token, float [B, 1, D]: the start token is fed."""
        start = self._t5.config.decoder_start_token_id
        return self.step(torch.full((self._cross_mask.shape[0], 1), start, device=self._cross_mask.device))

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        """Feed the next token of every beam, int64 [B, K]; return the last hidden states, [B, K, D]."""
        hidden = self._t5.shared(tokens)
        first = self._blocks[0].layer[0].SelfAttention
        bias = first.compute_bias(1, self._steps + 1, past_seen_tokens=self._steps)
        for block, layer in zip(self._blocks, self._layers, strict=True):
            hidden = hidden + self._self_attention(block.layer[0], layer, hidden, bias)
            hidden = hidden + self._cross_attention(block.layer[1], layer, hidden)
            hidden = block.layer[2](hidden)
        self._steps += 1
        return self._t5.decoder.final_layer_norm(hidden)

    def reorder(self, samples: torch.Tensor, beams: torch.Tensor) -> None:
        """Let row b be what was sample `samples[b]`, and its beam k what was beam `beams[b, k]` of it.

        `samples` is int64 [B'], ascending, without those that are to leave; `beams` int64 [B', K'].
        """
        leaving = samples.shape[0] < self._cross_mask.shape[0]
        if leaving:
            self._cross_mask = self._cross_mask[samples]
        for layer in self._layers:
            if layer.keys is not None and layer.values is not None:
                layer.keys = layer.keys[samples[:, None], beams]
                layer.values = layer.values[samples[:, None], beams]
            if leaving:
                layer.cross_keys = layer.cross_keys[samples]
                layer.cross_values = layer.cross_values[samples]

    def _split(self, states: torch.Tensor) -> torch.Tensor:
        """[B, X, D] to [B, H, X, D / H]."""
        return states.unflatten(-1, (self._heads, -1)).transpose(1, 2)

    def _self_attention(
        self, sublayer: Any, layer: _Layer, hidden: torch.Tensor, bias: torch.Tensor
    ) -> torch.Tensor:
        attention = sublayer.SelfAttention
        normed = sublayer.layer_norm(hidden)
        # One new position: [B, K, H, 1, D / H].
        query, key, value = (
            project(normed).unflatten(-1, (self._heads, -1)).unsqueeze(3)
            for project in (attention.q, attention.k, attention.v)
        )
        layer.keys = key if layer.keys is None else torch.cat([layer.keys, key], dim=3)
        layer.values = value if layer.values is None else torch.cat([layer.values, value], dim=3)
        weights = (query @ layer.keys.transpose(-1, -2) + bias[None]).float().softmax(-1)
        return attention.o((weights.to(value.dtype) @ layer.values).flatten(2))

    def _cross_attention(self, sublayer: Any, layer: _Layer, hidden: torch.Tensor) -> torch.Tensor:
        attention = sublayer.EncDecAttention
        query = self._split(attention.q(sublayer.layer_norm(hidden)))
        weights = (query @ layer.cross_keys + self._cross_mask).float().softmax(-1)
        return attention.o((weights.to(query.dtype) @ layer.cross_values).transpose(1, 2).flatten(2))
