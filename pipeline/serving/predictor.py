"""A trained model that answers about one user: raw ids in, raw ids out."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from pipeline.data.histories import Histories
from pipeline.data.pseudonyms import UserNamer
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import Recommender
from pipeline.identifiers.base import user_mention
from pipeline.model.assembly import user_context_of
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.inputs import Inputs, make_batch_maker
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime import Runtime
from pipeline.serving.newcomers import Newcomers
from pipeline.tasks.base import Question
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN


class RequestError(ValueError):
    """What was asked for can't be answered; the message says why, and what can."""


class Recommendation(NamedTuple):
    """One place of a list.

    Attributes:
        rank: from 1.
        item: raw id.
        score: log-likelihood of the item in nats, as `decoding.item_length_penalty` weighs it.
    """

    rank: int
    item: str
    score: float


class Predictor:
    """Answers as stage `generate` does, with its settings, but for any user and any history.

    `stages.predictor.read_predictor` makes one of what `dvc repro` left in the workspace:

    >>> from stages.predictor import read_predictor
    >>> predictor = read_predictor()
    >>> predictor.recommend("SYN-U-0001", top=3)  # doctest: +SKIP
    [Recommendation(rank=1, item='SYN-I-0177', score=-2.8), ...]
    >>> bought = ["SYN-I-0001", "SYN-I-0002"]
    >>> len(predictor.recommend("somebody new", history=bought))
    10
    >>> [one.rank for one in predictor.rank("SYN-U-0001", ["SYN-I-0003", "SYN-I-0004"])]
    [1, 2]
    >>> sentence = predictor.explain("SYN-U-0001", "SYN-I-0003")

    Somebody new has a vector and neighbours by their items (folding in), and a number that nobody has.
    """

    def __init__(
        self,
        users: Sequence[str],
        inputs: Inputs,
        model: PeaPOD,
        tokenizer: PromptTokenizer,
        prompts: PromptsConfig,
        decoding: DecodingConfig,
        runtime: Runtime,
        newcomers: Newcomers,
        named: UserNamer = str,
    ) -> None:
        """Take the users' names in artifacts, ascending; `named` makes them of raw ids (pseudonyms).

        The model is the predictor's from now on: its tables of users get one more row, for somebody new.

        Raises RequestError where model and data don't have the same users.
        """
        context = user_context_of(model)
        if context is not None and len(context.vectors) != len(users):
            raise RequestError(
                f"the model was trained on {len(context.vectors)} users, the data has {len(users)}; "
                "dvc repro brings them together"
            )
        if context is not None:
            context.make_room()
        # Users have the numbers 1 to N in prompts; somebody new has the next one.
        mentions = [*inputs.user_mentions, user_mention(len(users) + 1)]
        self._users = users
        self._named = named
        self._inputs = replace(inputs, user_mentions=mentions)
        self._items = {name: item for item, name in enumerate(inputs.item_ids)}
        self._model = model
        self._tokenizer = tokenizer
        self._prompts = prompts
        # People want real items, each once, whatever an evaluation compares.
        self._decoding = decoding.model_copy(update={"constrained": True})
        self._runtime = runtime
        self._newcomers = newcomers
        self._maker, answers = make_batch_maker(self._inputs, tokenizer, prompts, decoding.max_tokens)
        self._recommender = Recommender(
            model=model,
            maker=self._maker,
            tokenizer=tokenizer,
            answers=answers,
            known=inputs.whole,
            config=self._decoding,
            runtime=runtime,
        )

    def recommend(
        self, user: str, top: int = 10, history: Sequence[str] | None = None
    ) -> list[Recommendation]:
        """Return the best `top` items of the whole catalogue as what the user takes next, best first.

        The history is all that the data has of the user, or `history`, raw item ids, oldest first; the model
        reads its newest `prompts.history` items. What it holds is left out where `decoding.exclude_seen` is
        true. Fewer items are returned where fewer are left.

        Raises RequestError for unknown items, an empty history, and an unknown user without one; FoldingError
        where nothing is known of somebody new by their items.
        """
        if top < 1:
            raise RequestError(f"top is {top}; 1 or more wanted")
        place = self._place(user, history)
        items = self._inputs.whole[place] if history is None else self._codes(history, "history")
        # The histories of all users, empty but for this one.
        seen = Histories(items, np.where(np.arange(len(self._users) + 2) > place, len(items), 0))
        return self._ranked(Question(SEQUENTIAL, place, items[-self._prompts.history :]), top, seen)

    def rank(
        self, user: str, candidates: Sequence[str], history: Sequence[str] | None = None
    ) -> list[Recommendation]:
        """Return the candidates, raw item ids, in the order that suits the user, best first.

        The top-n task: the candidates stand in the prompt, and none is left out. The history says who
        somebody new is; of known users it changes nothing here. Raises RequestError as `recommend` does,
        and for repeated or too many candidates.
        """
        place = self._place(user, history)
        items = self._codes(candidates, "candidates")
        most = self._prompts.whole_words - 2
        if len(items) > most:
            raise RequestError(
                f"{len(items)} candidates; a prompt holds at most {most} (prompts.whole_words)"
            )
        if len(set(candidates)) < len(candidates):
            repeated = next(name for name in candidates if list(candidates).count(name) > 1)
            raise RequestError(f"candidates: item {repeated!r} more than once")
        return self._ranked(Question(TOPN, place, items, items), len(items), self._inputs.whole)

    def explain(self, user: str, item: str, history: Sequence[str] | None = None) -> str:
        """Return the sentence that says why the user likes the item, or doesn't.

        The history says who somebody new is; of known users it changes nothing here. Raises RequestError as
        `recommend` does, and for data without explanations.
        """
        if not len(self._inputs.pairs["train"].users):
            raise RequestError("the data has no explanations to learn from, so the model can't give any")
        question = Question(EXPLANATION, self._place(user, history), self._codes([item], "item"))
        ((text, _),) = explain(
            self._model, self._maker, self._tokenizer, [question], self._decoding, self._runtime
        )
        return text

    def _ranked(self, question: Question, top: int, seen: Histories) -> list[Recommendation]:
        beams = max(top, self._decoding.beams)
        config = self._decoding.model_copy(update={"top": top, "beams": beams})
        (found,) = self._recommender.changed(seen, config).rank([question])
        names = [self._inputs.item_ids[item] for item in found.items.tolist()]
        places = enumerate(zip(names, found.scores.tolist(), strict=True), start=1)
        return [Recommendation(rank, name, score) for rank, (name, score) in places]

    def _place(self, user: str, history: Sequence[str] | None) -> int:
        """Return the user's row; somebody new, who is known by their history, gets the last one."""
        name = self._named(user)
        place = bisect_left(self._users, name)
        if self._users[place : place + 1] == [name]:
            return place
        if history is None:
            raise RequestError(self._unknown(user, place))
        context = user_context_of(self._model)
        items = self._codes(history, "history")
        if context is not None:
            count = context.neighbours.shape[1]
            found = self._newcomers.describe(items, count, self._prompts.standardize)
            context.vectors[-1] = found.vector
            context.neighbours[-1] = found.neighbours
        return len(self._users)

    def _unknown(self, user: str, place: int) -> str:
        # Pseudonyms would help nobody to find a raw id.
        near = [] if self._named(user) != user else self._users[max(place - 1, 0) : place + 1]
        alike = f" (in the order of ids beside {' and '.join(map(repr, near))})" if near else ""
        return (
            f"user {user!r} isn't among the {len(self._users)} users of the data{alike}, who have at least "
            "dataset.core interactions; somebody new needs a history of item ids (--history ID,ID)"
        )

    def _codes(self, names: Sequence[str], what: str) -> np.ndarray:
        """Return the indices of raw item ids, int32 [names]; refuse none, and what the data doesn't have."""
        if not names:
            raise RequestError(f"{what}: empty; at least one item id wanted")
        unknown = [name for name in names if name not in self._items]
        if unknown:
            raise RequestError(
                f"{what}: {len(unknown)} of {len(names)} items aren't in the data, the first is "
                f"{unknown[0]!r}; an id looks like {self._inputs.item_ids[0]!r}"
            )
        return np.array([self._items[name] for name in names], dtype=np.int32)
