"""T5 under the prompts: an encoder reads the inputs, a decoder writes the answers."""

from typing import Any

import torch
from torch.nn.functional import pad
from transformers import T5ForConditionalGeneration

from pipeline.backbones.base import IGNORED, Backbone, Embedded
from pipeline.backbones.t5.cpu.layers import prepare_training
from pipeline.backbones.vocabulary import widen_vocabulary

NAME = "t5"
# Samples encoded together in training on the CPU.
_GROUP = 16


class T5Backbone(Backbone):
    """T5 (Raffel et al., 2020)."""

    def __init__(self, t5: T5ForConditionalGeneration) -> None:
        """Take a T5 of transformers."""
        super().__init__()
        self.t5 = t5

    @property
    def projection(self) -> torch.Tensor:
        """The output projection, float [V, D]."""
        return self.t5.lm_head.weight

    @property
    def scale(self) -> float:
        """What states are multiplied with before the projection, where it is tied to the embeddings."""
        return float(self.t5.config.d_model**-0.5) if self.t5.config.scale_decoder_outputs else 1.0

    @property
    def embedding(self) -> torch.Tensor:
        """The table of token embeddings, float [V, D]."""
        return self.t5.shared.weight

    def encode(self, inputs: Embedded) -> torch.Tensor:
        """Return the encoder's output, float [B, L, D].

        On the CPU a few samples are encoded at a time, each group cut to its longest, with zeros behind.
        """
        length = inputs.mask.shape[1]
        size = _GROUP if inputs.vectors.device.type == "cpu" else len(inputs.mask)
        groups = []
        for part, own in zip(inputs.vectors.split(size), inputs.mask.split(size), strict=True):
            longest = int(own.sum(1).max())
            states = self.encode_whole(Embedded(part[:, :longest], own[:, :longest]))
            groups.append(pad(states, (0, 0, 0, length - longest)))
        return torch.cat(groups)

    def encode_whole(self, inputs: Embedded) -> torch.Tensor:
        """Return the encoder's output, float [B, L, D], as one batch."""
        states: torch.Tensor = self.t5.encoder(
            inputs_embeds=inputs.vectors, attention_mask=inputs.mask
        ).last_hidden_state
        return states

    def predictions(self, inputs: Embedded, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the states that predict the labels, float [M, D], and these labels, int64 [M].

        Raises ValueError for inputs with labels of their own.
        """
        if inputs.labels is not None:
            raise ValueError(
                "inputs with labels: an encoder sees all of them at once, and can't predict them"
            )
        hidden = self.t5.decoder(
            input_ids=self.t5.prepare_decoder_input_ids_from_labels(labels),
            encoder_hidden_states=self.encode(inputs),
            encoder_attention_mask=inputs.mask,
            use_cache=False,
        ).last_hidden_state
        if self.scale != 1.0:
            hidden = hidden * self.scale
        wanted = labels != IGNORED
        return hidden[wanted], labels[wanted]

    def widen(self, vocabulary: int) -> None:
        """Have `vocabulary` token embeddings, the old ones as they are."""
        widen_vocabulary(self.t5, vocabulary)

    def prepare_training(self, device: torch.device) -> None:
        """Take the layers that train fastest on `device`; names and values of all weights stay."""
        self.draws = prepare_training(self.t5, device)

    def description(self) -> dict[str, Any]:
        """Return the T5's configuration."""
        config = self.t5.config
        return {
            "name": NAME,
            "sizes": {
                "layers": config.num_layers,
                "width": config.d_model,
                "feed_forward": config.d_ff,
                "heads": config.num_heads,
                "head_width": config.d_kv,
                "vocabulary": config.vocab_size,
            },
            "config": config.to_dict(),
        }
