"""Ranked items for the sequential and the top-n task."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pipeline.backbones.begin import begin
from pipeline.backbones.decoding_state import DecodingState
from pipeline.data.histories import Histories
from pipeline.decoding.batches import answer_in_batches
from pipeline.decoding.beam_search import Found, beam_search
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.constraints import Advice, Constraint, ItemConstraint, LengthConstraint
from pipeline.decoding.grounding import Grounding
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.prompts.item_trie import MASKED, ItemTrie
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import WordTokens
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import Question

INVALID = -1
"""Stands for an answer that names no real item."""

Assistant = Callable[[np.ndarray, list[np.ndarray]], np.ndarray]
"""Users [B] and what they have, oldest item first, to a log-probability of every item, float [B, I]."""


@dataclass(frozen=True)
class Ranking:
    """One user's ranked list, best first: item indices (INVALID where none) and scores, both [length]."""

    user: int
    items: np.ndarray
    scores: np.ndarray


class Recommender:
    """A trained model that ranks items by beam search, or candidates by their exact log-likelihood."""

    def __init__(
        self,
        model: PeaPOD,
        maker: BatchMaker,
        tokenizer: PromptTokenizer,
        answers: WordTokens,
        known: Histories,
        config: DecodingConfig,
        runtime: Runtime,
    ) -> None:
        """Take the model, the answer tokens of every item, and the items each user has seen."""
        self._model = model.to(runtime.device).eval()
        self._maker = maker
        self._tokenizer = tokenizer
        self._known = known
        self._config = config
        self._runtime = runtime
        self._answers = answers
        self._trie = ItemTrie.build(answers).to(runtime.device)
        spelled = [tokenizer.decode(answers[item]) for item in range(len(answers))]
        self._item_of = {text: item for item, text in enumerate(spelled)}
        self._assistant: Assistant | None = None
        self._weight = 1.0

    def changed(self, known: Histories, config: DecodingConfig) -> "Recommender":
        """Return this recommender, its model and tree shared, with other histories and settings."""
        other = copy.copy(self)
        other._known = known
        other._config = config
        return other

    def assisted(self, assistant: Assistant, weight: float) -> "Recommender":
        """Return this recommender with an assistant, where answers are constrained to items.

        An item's score is then `weight` x the model's log-probability + (1 - `weight`) x the assistant's, at
        every step of the search: D3 (Bao et al., EMNLP 2024, "Decoding Matters"), over the tree of items.
        """
        other = copy.copy(self)
        other._assistant = assistant
        other._weight = weight
        return other

    def rank(self, questions: Sequence[Question]) -> list[Ranking]:
        """Return the ranking of every question; all of them are of one task."""
        size = self._config.batch_size
        return answer_in_batches(self._ranked, self._maker, questions, size, self._runtime)

    def choose(self, questions: Sequence[Question]) -> list[int]:
        """Return the candidate of each question that is most likely as an answer."""
        changes = {"constrained": True, "topn_method": "exact", "top": 1}
        exact = self.changed(self._known, self._config.model_copy(update=changes))
        return [int(found.items[0]) for found in exact.rank(questions)]

    def _ranked(self, batch: Batch, chunk: Sequence[Question]) -> list[Ranking]:
        state = begin(self._model.backbone, self._model.embed(batch))
        return list(self._cut(batch, *self._search(batch, chunk, state)))

    def _search(
        self, batch: Batch, chunk: Sequence[Question], decoder: DecodingState
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return items and scores, best first, both [B, K]."""
        config = self._config
        if not config.constrained:
            free = LengthConstraint(len(self._tokenizer), self._tokenizer.eos, 0, config.max_tokens)
            found = self._beams(decoder, free, batch, config.beams, config.item_length_penalty)
            if config.grounding == "none":
                return self._spelled(found)
            allowed = self._ends(self._allowed(chunk))
            nearest, nearness = self._grounding().nearest(found.tokens[:, 0], allowed, config.beams)
            return nearest.cpu().numpy(), nearness.cpu().numpy()
        edges = self._allowed(chunk)
        items = ItemConstraint(self._trie, edges, self._advice(chunk, edges), self._edge_weights())
        pool = chunk[0].pool
        if pool is not None and config.topn_method == "exact":
            # With as many beams as candidates none is ever dropped: each gets its whole log-likelihood.
            found = self._beams(decoder, items, batch, len(pool), 0.0)
        else:
            found = self._beams(decoder, items, batch, config.beams, config.item_length_penalty)
        named = self._trie.item[found.states].masked_fill(~found.real, INVALID)
        return named.cpu().numpy(), found.scores.cpu().numpy()

    def _advice(self, chunk: Sequence[Question], edges: torch.Tensor | None) -> Advice | None:
        """Return what the assistant says of the edges that each sample may take; None without one."""
        if self._assistant is None:
            return None
        users = np.array([question.user for question in chunk])
        scores = self._assistant(users, [self._known[user] for user in users])
        allowed = self._ends(edges)
        if allowed is not None:
            scores = np.where(allowed.cpu().numpy(), scores, MASKED)
        added = (1 - self._weight) * self._trie.conditional(scores)
        return Advice(self._weight, added.to(self._runtime.device))

    def _ends(self, edges: torch.Tensor | None) -> torch.Tensor | None:
        """Return which items the edges that each sample may take spell, bool [B, I]; None for all."""
        # No two items end with one edge.
        return None if edges is None else edges[:, self._trie.paths[:, -1]]

    def _grounding(self) -> Grounding:
        table = self._model.backbone.embedding
        return Grounding(self._answers, table, self._tokenizer.eos, self._tokenizer.pad)

    def _edge_weights(self) -> torch.Tensor | None:
        """Return what each edge's log-probability counts, float32 [edges]; None: all the same."""
        if not self._config.information_gain:
            return None
        counts = np.bincount(self._known.items, minlength=len(self._trie.paths))
        return (1 - self._config.information_gain * self._trie.relative_gain(counts)).float()

    def _allowed(self, chunk: Sequence[Question]) -> torch.Tensor | None:
        """Return which edges of the tree each sample may take, bool [B, edges]; None for all of them."""
        pools = [question.pool for question in chunk if question.pool is not None]
        if pools:
            return self._trie.allowed(torch.from_numpy(np.stack(pools)).long().to(self._runtime.device))
        if not self._config.exclude_seen:
            return None
        seen = [np.unique(self._known[question.user]) for question in chunk]
        padded = np.full((len(seen), max(len(items) for items in seen)), -1, dtype=np.int64)
        for row, items in enumerate(seen):
            padded[row, : len(items)] = items
        return self._trie.without(torch.from_numpy(padded).to(self._runtime.device))

    def _beams(
        self, decoder: DecodingState, constraint: Constraint, batch: Batch, beams: int, penalty: float
    ) -> Found:
        eos = self._tokenizer.eos
        pad = self._tokenizer.pad
        device = self._runtime.device
        return beam_search(decoder, constraint, len(batch), beams, eos, pad, penalty, device)

    def _spelled(self, found: Found) -> tuple[np.ndarray, np.ndarray]:
        texts = [[self._tokenizer.decode(ids) for ids in beams] for beams in found.tokens.cpu().numpy()]
        items = [[self._item_of.get(text, INVALID) for text in row] for row in texts]
        return np.array(items), found.scores.cpu().numpy()

    def _cut(self, batch: Batch, items: np.ndarray, scores: np.ndarray) -> Iterator[Ranking]:
        top = self._config.top
        for user, ranked, score in zip(batch.users.tolist(), items[:, :top], scores[:, :top], strict=True):
            real = np.isfinite(score)
            yield Ranking(user, ranked[real], score[real])


def recommendation_columns(rankings: Iterable[Ranking]) -> dict[str, list]:
    """Return the columns of schema RECOMMENDATIONS, sorted by (user, rank); INVALID becomes null."""
    columns: dict[str, list] = {"user": [], "rank": [], "item": [], "score": []}
    for ranking in sorted(rankings, key=lambda ranking: ranking.user):
        columns["user"] += [ranking.user] * len(ranking.items)
        columns["rank"] += range(1, len(ranking.items) + 1)
        columns["item"] += [None if item == INVALID else int(item) for item in ranking.items]
        columns["score"] += ranking.scores.tolist()
    return columns
