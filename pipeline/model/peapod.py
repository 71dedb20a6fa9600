"""PeaPOD: prompts joined to text in front of a T5 (sections 4.1 to 4.4, figure 2)."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import pad
from transformers import T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from pipeline.backbones.dropout import DropoutDraws
from pipeline.backbones.t5.cpu.layers import prepare_training
from pipeline.backbones.vocabulary_loss import vocabulary_loss
from pipeline.model.task_prompt import TaskPrompt
from pipeline.model.user_context import UserContext
from pipeline.prompts.batches import IGNORED, Batch

# Samples encoded together in training on the CPU.
_GROUP = 16


class PeaPOD(nn.Module):
    """[task prompt; collaborative prompt; token + whole-word embeddings] through a T5.

    PeaPOD and its ablations are this one class with other parts: without `task_prompt` the "no task"
    ablation, without `collaborative_prompt` POD, without both the discrete prompt alone.
    """

    def __init__(
        self,
        t5: T5ForConditionalGeneration,
        whole_words: nn.Embedding,
        task_prompt: TaskPrompt | None = None,
        collaborative_prompt: nn.Module | None = None,
        user_context: UserContext | None = None,
    ) -> None:
        """Take the parts ready-built.

        Raises ValueError when widths differ, or a collaborative prompt comes without its user context.
        """
        super().__init__()
        if whole_words.embedding_dim != t5.config.d_model:
            raise ValueError(f"whole-word width {whole_words.embedding_dim}, T5 width {t5.config.d_model}")
        if (collaborative_prompt is None) != (user_context is None):
            raise ValueError("a collaborative prompt and its user context come together")
        self.t5 = t5
        self.whole_words = whole_words
        self.task_prompt = task_prompt
        self.collaborative_prompt = collaborative_prompt
        self.user_context = user_context
        self.dropout_draws: DropoutDraws | None = None

    def embed(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the encoder's input [B, prompts + L, D] and its mask [B, prompts + L]."""
        text = self.t5.shared(batch.tokens) + self.whole_words(batch.rows)
        parts = [prompt.to(text.dtype) for prompt in self._prompts(batch)]
        prompts = sum(part.shape[1] for part in parts)
        mask = torch.cat([batch.mask.new_ones(len(batch), prompts), batch.mask], dim=1)
        return torch.cat([*parts, text], dim=1), mask

    def _prompts(self, batch: Batch) -> list[torch.Tensor]:
        prompts = []
        if self.task_prompt is not None:
            prompts.append(self.task_prompt(batch.task, len(batch)))
        if self.collaborative_prompt is not None and self.user_context is not None:
            prompts.append(self.collaborative_prompt(*self.user_context(batch.users)))
        return prompts

    def loss(self, batch: Batch, rng: np.random.Generator | None = None) -> tuple[torch.Tensor, int]:
        """Return the sum of the labels' negative log-likelihoods (equation 10), in nats, and their number.

        Dropout draws from `rng`, which training wants. Raises ValueError for a batch without labels.
        """
        if batch.labels is None:
            raise ValueError("a batch with labels is wanted; generation goes through `encode`")
        if rng is not None:
            self._seed_dropout(rng)
        states, mask = self._encode_by_length(batch)
        hidden = self.t5.decoder(
            input_ids=self.t5.prepare_decoder_input_ids_from_labels(batch.labels),
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
            use_cache=False,
        ).last_hidden_state
        if self.t5.config.scale_decoder_outputs:
            hidden = hidden * self.t5.config.d_model**-0.5
        wanted = batch.labels != IGNORED
        targets = batch.labels[wanted]
        return vocabulary_loss(hidden[wanted], self.t5.lm_head.weight, targets), len(targets)

    def prepare_training(self, device: torch.device) -> None:
        """Give the T5 the layers that train fastest on `device`; names and values of all weights stay."""
        self.dropout_draws = prepare_training(self.t5, device)
        if self.user_context is not None:
            self.user_context.draws = self.dropout_draws

    def _seed_dropout(self, rng: np.random.Generator) -> None:
        if self.dropout_draws is None:
            torch.manual_seed(int(rng.integers(1 << 63)))
        else:
            self.dropout_draws.seed(rng)

    def _encode_by_length(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Encode as `encode` does, on the CPU a few samples at a time, each group cut to its longest."""
        embeddings, mask = self.embed(batch)
        length = mask.shape[1]
        size = _GROUP if embeddings.device.type == "cpu" else len(batch)
        groups = []
        for part, own in zip(embeddings.split(size), mask.split(size), strict=True):
            longest = int(own.sum(1).max())
            states = self.t5.encoder(inputs_embeds=part[:, :longest], attention_mask=own[:, :longest])
            groups.append(pad(states.last_hidden_state, (0, 0, 0, length - longest)))
        return torch.cat(groups), mask

    def encode(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the encoder's output [B, prompts + L, D] and its mask [B, prompts + L]."""
        embeddings, mask = self.embed(batch)
        return self.t5.encoder(inputs_embeds=embeddings, attention_mask=mask).last_hidden_state, mask

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the logits of the labels, [B, T, V]; raises ValueError for a batch without labels."""
        if batch.labels is None:
            raise ValueError("a batch with labels is wanted; generation goes through `encode`")
        states, mask = self.encode(batch)
        return self.t5(
            encoder_outputs=BaseModelOutput(last_hidden_state=states),
            attention_mask=mask,
            decoder_input_ids=self.t5.prepare_decoder_input_ids_from_labels(batch.labels),
            use_cache=False,
        ).logits
