"""The scores of items as one program of tensors, for runtimes that have torch and nothing of ours."""

import torch
from torch import nn
from torch.export import Dim, ExportedProgram

from pipeline.backbones.begin import begin
from pipeline.model.bundle import Bundle
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import item_answers
from pipeline.prompts.batches import Batch
from pipeline.prompts.item_trie import padded_sequences
from pipeline.prompts.whole_words import WordTokens
from pipeline.tasks.base import AnswerKind, Task

_NONE = -1


class ExportError(ValueError):
    """A model's scores can't be exported as asked."""


class Scoring(nn.Module):
    """How likely items are as answers to questions of one task: the search's own scores, for items told."""

    tokens: torch.Tensor
    real: torch.Tensor

    def __init__(self, model: PeaPOD, task: Task, answers: WordTokens) -> None:
        """Take a model in evaluation mode, what is asked, and the answer tokens of every item (I)."""
        super().__init__()
        self.model = model
        self._task = task
        padded = torch.from_numpy(padded_sequences(answers, _NONE))
        self.register_buffer("tokens", padded.clamp(min=0))
        self.register_buffer("real", padded != _NONE)

    def forward(
        self,
        users: torch.Tensor,
        tokens: torch.Tensor,
        rows: torch.Tensor,
        mask: torch.Tensor,
        items: torch.Tensor,
    ) -> torch.Tensor:
        """Return the log-likelihood of each item, in nats, float32 [B, C].

        Args:
            users: rows of users in the bundle, int64 [B].
            tokens: of the prompts, int64 [B, L].
            rows: whole-word rows of the tokens, int64 [B, L].
            mask: 1 for a token, 0 for padding, int64 [B, L].
            items: rows of the items to be scored, int64 [B, C].
        """
        state = begin(self.model.backbone, self.model.embed(Batch(self._task, users, tokens, rows, mask)))
        answers = self.tokens[items]
        real = self.real[items]
        first = state.head.all(state.first()).expand(-1, items.shape[1], -1)
        score = first.gather(2, answers[..., :1]).squeeze(2)
        # From here on each item is a beam of its own.
        state.reorder(torch.arange(users.shape[0], device=users.device), torch.zeros_like(items))
        for place in range(1, answers.shape[2]):
            found = state.head.all(state.step(answers[..., place - 1]))
            added = found.gather(2, answers[..., place : place + 1]).squeeze(2)
            score = score + added * real[..., place]
        return score


def export(bundle: Bundle, task: str) -> ExportedProgram:
    """Return `Scoring` of a bundle for any number of samples, tokens and items; on the bundle's device.

    Raises ExportError where the model has no such task whose answers are items.
    """
    found = {str(one): one for one in bundle.templates if one.answers is AnswerKind.ITEM}
    if task not in found:
        named = ", ".join(found) or "none"
        raise ExportError(f"--task {task}: of this model's tasks those that score items are: {named}")
    answers = item_answers(bundle.tokenizer, bundle.people.item_answers)
    scoring = Scoring(bundle.model, found[task], answers).eval()
    # Any values will do; sizes of 1 would be taken for fixed, and one tensor given twice for one input.
    text = torch.ones(2, 8, dtype=torch.int64)
    items = torch.zeros(2, 3, dtype=torch.int64)
    free = {0: Dim.DYNAMIC, 1: Dim.DYNAMIC}
    with torch.no_grad():
        return torch.export.export(
            scoring,
            (torch.tensor([0, 0]), text, text.clone(), text.clone(), items),
            dynamic_shapes=({0: Dim.DYNAMIC}, free, free, free, free),
        )
