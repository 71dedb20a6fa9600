"""PeaPOD: prompts joined to text in front of a language model (sections 4.1 to 4.4, figure 2)."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from pipeline.backbones.base import Backbone, Embedded
from pipeline.model.joining import in_place, prefix
from pipeline.model.parts.base import Part
from pipeline.prompts.batches import Batch


class PeaPOD(nn.Module):
    """[prompts; token + whole-word embeddings] through a backbone.

    PeaPOD and its ablations are this one class with other parts: without the task prompt the "no task"
    ablation, without the collaborative prompt POD, without both the discrete prompt alone.
    """

    def __init__(
        self,
        backbone: Backbone,
        whole_words: nn.Embedding | None,
        prompts: Mapping[str, Part] | None = None,
        fillers: Mapping[str, Part] | None = None,
    ) -> None:
        """Take the parts ready-built.

        Args:
            backbone: the language model.
            whole_words: the whole-word table, [rows, D]; None for none.
            prompts: what stands in front of the text, in this order.
            fillers: what stands in the slots of the text; each writes over those before it.

        Raises ValueError when widths differ.
        """
        super().__init__()
        if whole_words is not None and whole_words.embedding_dim != backbone.width:
            raise ValueError(
                f"whole-word width {whole_words.embedding_dim}, the backbone's width {backbone.width}"
            )
        self.backbone = backbone
        self.whole_words = whole_words
        self.prompts = nn.ModuleDict(prompts or {})
        self.fillers = nn.ModuleDict(fillers or {})

    def embed(self, batch: Batch) -> Embedded:
        """Return the backbone's input: vectors [B, prompts + L, D], their mask, and labels of the text."""
        text = self.backbone.embed(batch.tokens)
        if self.whole_words is not None:
            text = text + self.whole_words(batch.rows)
        if batch.slots is not None:
            for filler in self.fillers.values():
                text = in_place(text, batch.slots, filler(batch))
        embedded = Embedded(text, batch.mask, batch.input_labels)
        return prefix([prompt(batch) for prompt in self.prompts.values()], embedded)

    def loss(self, batch: Batch, rng: np.random.Generator | None = None) -> tuple[torch.Tensor, int]:
        """Return the sum of all targets' negative log-likelihoods (equation 10), in nats, and their number.

        Dropout draws from `rng`, which training wants. Raises ValueError for a batch without labels.
        """
        return self.backbone.loss(self._read(batch, rng), labels_of(batch))

    def predictions(
        self, batch: Batch, rng: np.random.Generator | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the states that predict the targets, float [M, D], and these, int64 [M], as `loss` has them.

        A state's product with the backbone's `projection` are the logits of its target.
        """
        return self.backbone.predictions(self._read(batch, rng), labels_of(batch))

    def _read(self, batch: Batch, rng: np.random.Generator | None) -> Embedded:
        if rng is not None:
            self._seed_dropout(rng)
        return self.embed(batch)

    def prepare_training(self, device: torch.device) -> None:
        """Take the layers that train fastest on `device`; names and values of all weights stay."""
        self.backbone.prepare_training(device)
        for part in self.modules():
            if isinstance(part, Part):
                part.draws = self.backbone.draws

    def _seed_dropout(self, rng: np.random.Generator) -> None:
        if self.backbone.draws is None:
            torch.manual_seed(int(rng.integers(1 << 63)))
        else:
            self.backbone.draws.seed(rng)


def labels_of(batch: Batch) -> torch.Tensor:
    """Return the labels of a batch, int64 [B, T]; raises ValueError where it has none."""
    if batch.labels is None:
        raise ValueError("a batch with labels is wanted; `pipeline.backbones.begin` answers one without")
    return batch.labels
