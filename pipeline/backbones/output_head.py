"""The projection to the vocabulary for generation, where few of its results are asked for.

The logits of all beams, [R, V], are never held: the sum that normalizes them needs each once, in a block that
stays in the processor's cache, and the search needs those of a few tokens.
"""

import torch
from torch.nn.functional import pad

_ROWS = 1024
_COLUMNS = 1024
"""Block of logits under the normalizing sum: 4 MiB in fp32."""
_WHOLE_ROWS = 128
"""Rows of whole logits under the search for the best tokens: 16 MiB, half a cache that two threads share."""
_GROUP = 64
"""Tokens whose best one is looked at first."""


class OutputHead:
    """Log-probabilities over the whole vocabulary V, from rows of last hidden states [R, D]."""

    def __init__(self, weight: torch.Tensor, scale: float = 1.0) -> None:
        """Take the projection, float [V, D], in autocast's precision where that is on.

        States are multiplied with `scale` first.
        """
        device = weight.device.type
        self._dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight.dtype
        self._weight = weight.detach().to(self._dtype)
        self._scale = scale

    @torch.no_grad()
    def of_tokens(self, hidden: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Return the log-probabilities of some tokens [U] in every row, float32 [R, U]."""
        rows = self._rows(hidden)
        return (rows @ self._weight[tokens].T).float() - self._normalizers(rows)[:, None]

    @torch.no_grad()
    def best(self, hidden: torch.Tensor, keep: int, among: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the `keep` highest log-probabilities of the tokens below `among`, and which, [R, keep]."""
        found = [self._best_of(rows, keep, among) for rows in self._rows(hidden).split(_WHOLE_ROWS)]
        return torch.cat([values for values, _ in found]), torch.cat([tokens for _, tokens in found])

    def all(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the log-probabilities of all tokens, float32 [..., V], which are held at once.

        As one program of any number of rows: in blocks it couldn't be exported.
        """
        return (self._rows(hidden) @ self._weight.T).float().log_softmax(-1)

    def _rows(self, hidden: torch.Tensor) -> torch.Tensor:
        return (hidden * self._scale).to(self._dtype)

    def _normalizers(self, rows: torch.Tensor) -> torch.Tensor:
        """Log of the sum over V of exp(logit), float32 [R]."""
        return torch.cat([self._block_normalizers(block) for block in rows.split(_ROWS)])

    def _block_normalizers(self, rows: torch.Tensor) -> torch.Tensor:
        buffer = rows.new_empty(len(rows) * _COLUMNS)
        parts = []
        for weight in self._weight.split(_COLUMNS):
            block = buffer[: len(rows) * len(weight)].view(len(rows), len(weight))
            logits = torch.mm(rows, weight.T, out=block).float()
            first = logits[:, 0].clone()
            # One pass for largest logit and sum: any logit less its log-probability is the normalizer.
            parts.append(first - torch.log_softmax(logits, 1, out=logits)[:, 0])
        return torch.stack(parts).logsumexp(0)

    def _best_of(self, rows: torch.Tensor, keep: int, among: int) -> tuple[torch.Tensor, torch.Tensor]:
        scores = (rows @ self._weight.T).float()
        scores = torch.log_softmax(scores, 1, out=scores)
        # The best `keep` tokens lie in the `keep` groups with the best maxima: two short searches.
        groups = scores
        if among < scores.shape[1] or among % _GROUP:
            groups = pad(scores[:, :among], (0, -among % _GROUP), value=float("-inf"))
        groups = groups.unflatten(1, (-1, _GROUP))
        chosen = groups.amax(2).topk(min(keep, groups.shape[1]), dim=1).indices
        near = groups[torch.arange(len(rows), device=rows.device)[:, None], chosen].flatten(1)
        values, places = near.topk(min(keep, among), dim=1)
        return values, chosen.gather(1, places // _GROUP) * _GROUP + places % _GROUP
