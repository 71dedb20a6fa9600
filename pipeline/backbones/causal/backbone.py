"""A decoder-only language model under the prompts: it reads the inputs and goes on with the answer."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from pipeline.backbones.base import IGNORED, Backbone, Embedded
from pipeline.backbones.causal import attention
from pipeline.backbones.dropout import DropoutDraws, draw_from
from pipeline.backbones.vocabulary import widen_vocabulary


class Base(NamedTuple):
    """The frozen model that adapters stand on.

    Attributes:
        name: folder, file or hub name.
        sha256: of its weights.
        lora: the adapters' settings.
    """

    name: str
    sha256: str
    lora: dict[str, Any]


class CausalBackbone(Backbone):
    """One of transformers' causal language models.

    Dropout is GPT-2's: on the inputs and on what each attention and feed-forward layer adds.
    """

    predicts_inputs = True

    def __init__(self, llm: Any, dropout: float = 0.0, base: Base | None = None) -> None:
        """Take a `...ForCausalLM`, and what it stands on where most of it is frozen."""
        super().__init__()
        self.llm = llm
        self.base = base
        self.dropout = nn.Dropout(dropout)
        for layer in llm.model.layers:
            for branch in (layer.self_attn.o_proj, layer.mlp):
                branch.register_forward_hook(self._drop)

    @property
    def projection(self) -> torch.Tensor:
        """The output projection, float [V, D]."""
        return self.llm.get_output_embeddings().weight

    @property
    def embedding(self) -> torch.Tensor:
        """The table of token embeddings, float [V, D]."""
        return self.llm.get_input_embeddings().weight

    def embed(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of tokens, int64 [B, L], as float [B, L, D]."""
        # Not the bare table: some architectures scale it.
        return self.llm.get_input_embeddings()(tokens)

    def predictions(self, inputs: Embedded, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the states that predict the labels, float [M, D], and these labels, int64 [M].

        Labels of the inputs count as those of the answers do, but for one that nothing stands before.
        """
        given = inputs.labels
        if given is None:
            given = torch.full_like(inputs.mask, IGNORED)
        targets = torch.cat([given, labels], dim=1)
        mask = torch.cat([inputs.mask, (labels != IGNORED).to(inputs.mask.dtype)], dim=1)
        answers = self.embed(labels.clamp(min=0)).to(inputs.vectors.dtype)
        hidden = self.read(torch.cat([inputs.vectors, answers], dim=1), mask).last_hidden_state
        before = last_real(mask).roll(1, dims=1)
        before[:, 0] = -1
        row, column = ((targets != IGNORED) & (before >= 0)).nonzero(as_tuple=True)
        return hidden[row, before[row, column]], targets[row, column]

    def read(self, vectors: torch.Tensor, mask: torch.Tensor, use_cache: bool = False) -> Any:
        """Return transformers' output for a sequence, float [B, S, D]; padding may be on either side."""
        return self.llm.model(
            inputs_embeds=self.dropout(vectors),
            attention_mask=mask,
            position_ids=positions(mask),
            use_cache=use_cache,
        )

    def widen(self, vocabulary: int) -> None:
        """Have `vocabulary` token embeddings, the old ones as they are.

        Under adapters the tables of tokens are trained too, or new tokens would never be learned.
        """
        widen_vocabulary(self.llm, vocabulary)
        self.embedding.requires_grad_(True)
        self.projection.requires_grad_(True)

    def prepare_training(self, device: torch.device) -> None:
        """Draw dropout by the step's generator on the CPU, where threads share torch's."""
        if device.type == "cpu":
            self.draws = DropoutDraws()
            draw_from(self, self.draws)
            attention.draw_from(self.llm, self.draws)

    def description(self) -> dict[str, Any]:
        """Return configuration and sizes, and the base that adapters stand on."""
        config = self.llm.config
        return {
            "name": config.model_type,
            "sizes": {
                "layers": config.num_hidden_layers,
                "width": config.hidden_size,
                "feed_forward": config.intermediate_size,
                "heads": config.num_attention_heads,
                "head_width": config.head_dim,
                "vocabulary": config.vocab_size,
            },
            "config": config.to_dict(),
            "base": None if self.base is None else self.base._asdict(),
        }

    def _drop(self, module: nn.Module, inputs: Sequence[torch.Tensor], output: torch.Tensor) -> torch.Tensor:
        return self.dropout(output)


def positions(mask: torch.Tensor) -> torch.Tensor:
    """Return the position of each token among the real ones, int64 [B, S], wherever padding stands."""
    return (mask.cumsum(1) - 1).clamp(min=0)


def last_real(mask: torch.Tensor) -> torch.Tensor:
    """Return where the last real token up to each place stands, int64 [B, S]; -1 where there is none."""
    places = torch.arange(mask.shape[1], device=mask.device)
    return torch.where(mask > 0, places, -1).cummax(1).values
