"""PeaPOD: prompts joined to text in front of a T5 (sections 4.1 to 4.4, figure 2)."""

import torch
from torch import nn
from transformers import T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from pipeline.model.task_prompt import TaskPrompt
from pipeline.model.user_context import UserContext
from pipeline.prompts.batches import Batch


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
