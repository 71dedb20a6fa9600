"""Checked requests to questions of tasks, and the model's answers back to raw ids."""

from collections.abc import Sequence

import numpy as np

from pipeline.data.histories import Histories
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.predict import Answerer
from pipeline.decoding.recommend import Ranking, Recommender
from pipeline.model.assembly import user_context_of
from pipeline.model.bundle import Bundle
from pipeline.model.influence import influence_columns
from pipeline.serving.requests import Answer, Explain, Neighbour, Rank, Recommend, Recommendation, Request
from pipeline.serving.together import Checked, groups
from pipeline.tasks.base import AnswerKind, Question
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN

ROOM = 32
"""New users who are answered at once: rows of the model's tables behind those of the known users."""


class Answering:
    """Answers many requests with few batches of the model."""

    def __init__(
        self, bundle: Bundle, recommender: Recommender, answerer: Answerer, decoding: DecodingConfig
    ) -> None:
        """Take a model whose tables have `ROOM` rows for new users, and what asks it."""
        self._bundle = bundle
        self._people = bundle.people
        self._recommender = recommender
        self._answerer = answerer
        self._decoding = decoding

    def answers(self, checked: Sequence[Checked]) -> list[Answer]:
        """Return the answers to requests, in their order."""
        found: dict[int, Answer] = {}
        for group in groups(checked, ROOM):
            found |= zip(group, self._together([checked[one] for one in group]), strict=True)
        return [found[one] for one in range(len(checked))]

    def _together(self, group: list[Checked]) -> list[Answer]:
        """Answer a group that `groups` made."""
        users = self._seated(group)
        items = [one.items for one in group]
        match group[0].request:
            case Recommend():
                newest = [one[-self._bundle.prompts.history :] for one in items]
                questions = [Question(SEQUENTIAL, *pair) for pair in zip(users, newest, strict=True)]
                seen = _histories(dict(zip(users, items, strict=True)), len(self._people.user_ids) + ROOM)
                return self._ranked(group, questions, seen)
            case Rank():
                pools = zip(users, items, items, strict=True)
                questions = [Question(TOPN, *one) for one in pools]
                return self._ranked(group, questions, self._people.whole)
            case Explain():
                questions = [Question(EXPLANATION, *pair) for pair in zip(users, items, strict=True)]
                return list(self._answerer.answer(AnswerKind.TEXT, questions)["text"])
            case _:
                return self._influencing(users)

    def _seated(self, group: list[Checked]) -> list[int]:
        """Return the rows of a group's users; new ones get those behind the last known user."""
        context = user_context_of(self._bundle.model)
        known = len(self._people.user_ids)
        free = iter(range(known, known + ROOM))
        users = []
        for one in group:
            user = next(free) if one.user is None else one.user
            if one.newcomer is not None and context is not None:
                context.vectors[user] = one.newcomer.vector
                context.neighbours[user] = one.newcomer.neighbours
            users.append(user)
        return users

    def _ranked(self, group: list[Checked], questions: list[Question], seen: Histories) -> list[Answer]:
        beams = group[0].beams
        # People want real items, each once, whatever an evaluation compares.
        config = self._decoding.model_copy(update={"top": beams, "beams": beams, "constrained": True})
        found = self._recommender.changed(seen, config).rank(questions)
        return [self._listed(one.request, ranking) for one, ranking in zip(group, found, strict=True)]

    def _listed(self, request: Request, ranking: Ranking) -> Answer:
        top = request.top if isinstance(request, Recommend) else len(ranking.items)
        pairs = zip(ranking.items[:top].tolist(), ranking.scores[:top].tolist(), strict=True)
        return [
            Recommendation(rank, self._people.item_ids[item], score, self._people.item_titles[item])
            for rank, (item, score) in enumerate(pairs, start=1)
        ]

    def _influencing(self, users: list[int]) -> list[Answer]:
        found = influence_columns(self._bundle.model, np.array(users))
        if not len(found["user"]):
            return [[] for _ in users]
        answers: list[Answer] = []
        for neighbours, weights in zip(found["neighbours"], found["weights"], strict=True):
            order = np.argsort(-weights, kind="stable")
            names = [self._people.user_ids[user] for user in neighbours[order].tolist()]
            answers.append([Neighbour(*pair) for pair in zip(names, weights[order].tolist(), strict=True)])
        return answers


def _histories(items: dict[int, np.ndarray], users: int) -> Histories:
    """Return the histories of `users` users, empty but for those of `items`."""
    order = sorted(items)
    lengths = np.zeros(users, dtype=np.int64)
    lengths[order] = [len(items[user]) for user in order]
    return Histories(
        np.concatenate([items[user] for user in order]), np.concatenate([[0], np.cumsum(lengths)])
    )
