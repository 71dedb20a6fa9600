"""Free text to items: those whose names are nearest to what was written (Bao et al., 2023, "BIGRec")."""

import torch

from pipeline.prompts.item_trie import MASKED, padded_sequences
from pipeline.prompts.whole_words import WordTokens

NOTHING = -1


def mean_vectors(tokens: torch.Tensor, table: torch.Tensor, passed_over: tuple[int, ...]) -> torch.Tensor:
    """Return the mean embedding of each row's tokens, float [B, D]; zeros where none is left.

    Args:
        tokens: int64 [B, T], NOTHING or any of `passed_over` where there is nothing.
        table: token embeddings, float [V, D].
        passed_over: the end of a sequence, and padding.
    """
    counts = (tokens >= 0) & ~torch.isin(tokens, torch.tensor(passed_over, device=tokens.device))
    weights = counts[..., None].to(table.dtype)
    vectors = (table[tokens.clamp(min=0)] * weights).sum(1)
    return vectors / weights.sum(1).clamp(min=1)


class Grounding:
    """The items' names as vectors, to be compared with what a model writes."""

    def __init__(self, answers: WordTokens, table: torch.Tensor, eos: int, pad: int) -> None:
        """Take the tokens that name each item, and the embeddings of tokens, float [V, D]."""
        self._table = table.detach().float()
        self._passed_over = (eos, pad)
        names = torch.from_numpy(padded_sequences(answers, NOTHING)).to(table.device)
        self._items = mean_vectors(names, self._table, self._passed_over)

    def nearest(
        self, written: torch.Tensor, allowed: torch.Tensor | None, count: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the `count` nearest items to each text and minus their distances, both [B, count].

        Args:
            written: tokens of the texts, int64 [B, T].
            allowed: which items may be answers, bool [B, I]; None: all of them. Others have MASKED scores.
            count: at most the number of items.
        """
        texts = mean_vectors(written, self._table, self._passed_over)
        scores = -torch.cdist(texts, self._items, compute_mode="donot_use_mm_for_euclid_dist")
        if allowed is not None:
            scores = scores.masked_fill(~allowed, MASKED)
        # Of items at one distance the first.
        order = scores.argsort(dim=1, descending=True, stable=True)[:, :count]
        return order, scores.gather(1, order)
