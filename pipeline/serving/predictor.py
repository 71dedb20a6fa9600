"""A trained model that answers about users: raw ids in, raw ids out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.predict import Answerer
from pipeline.decoding.recommend import Recommender
from pipeline.identifiers.mentions import newcomer_mention
from pipeline.model.assembly import user_context_of
from pipeline.model.bundle import Bundle, People, load_bundle
from pipeline.model.influence import influence_columns
from pipeline.model.parts.behaviour import Behaviour
from pipeline.prompts.batch_maker import BatchMaker, item_answers
from pipeline.prompts.inputs import prompt_encoders
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import Runtime, choose_runtime
from pipeline.serving.answering import ROOM, Answering
from pipeline.serving.names import Names
from pipeline.serving.newcomers import Newcomer, Newcomers
from pipeline.serving.requests import (
    Answer,
    Explain,
    Item,
    Neighbour,
    Neighbours,
    Rank,
    Recommend,
    Recommendation,
    Request,
    RequestError,
)
from pipeline.serving.together import Checked
from pipeline.tasks.base import Task
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN

TASKS: dict[type[Request], Task] = {Recommend: SEQUENTIAL, Rank: TOPN, Explain: EXPLANATION}
"""What a model has to be trained for to answer a kind of request."""


class Predictor:
    """Answers as stage `generate` does, with its settings, but for any user and any history.

    It needs nothing but the folder that stage `train` writes, wherever that is now:

    >>> from pipeline.serving import Predictor
    >>> predictor = Predictor.load("models/peapod")
    >>> predictor.recommend("SYN-U-0001", top=3)  # doctest: +SKIP
    [Recommendation(rank=1, item='SYN-I-0177', score=-2.8, title=None), ...]
    >>> bought = ["SYN-I-0001", "SYN-I-0002"]
    >>> len(predictor.recommend("somebody new", history=bought))
    10
    >>> [one.rank for one in predictor.rank("SYN-U-0001", ["SYN-I-0003", "SYN-I-0004"])]
    [1, 2]
    >>> sentence = predictor.explain("SYN-U-0001", "SYN-I-0003")

    Many requests, of whatever kinds, are answered faster together:

    >>> from pipeline.serving.requests import Neighbours, Recommend
    >>> one, other, similar = predictor.answer(
    ...     [Recommend("SYN-U-0001"), Recommend("SYN-U-0002", top=5), Neighbours("SYN-U-0001")]
    ... )
    >>> [len(one), len(other)]
    [10, 5]

    Somebody new has a vector and neighbours by their items (folding in), and a number that nobody has. One
    thread at a time may ask for answers.

    Attributes:
        people: the users and items that it knows.
        names: finds them by their raw ids.
        history: the most items of an input.
        tasks: what the model was trained for.
        maker: turns questions into the model's inputs.
        answerer: answers to questions of tasks, as stage `generate` asks them.
        recommender: ranks items for them.
    """

    def __init__(
        self, bundle: Bundle, decoding: DecodingConfig, runtime: Runtime, named: Callable[[str], str] = str
    ) -> None:
        """Take a bundle, whose model is the predictor's from now on: it gets rows for new users.

        `named` makes ids of the bundle from raw ids: `user_namer` where these are pseudonyms.
        """
        people = bundle.people
        context = user_context_of(bundle.model)
        if context is not None:
            context.make_room(len(people.user_ids) + ROOM)
        behaviour = dict(bundle.model.fillers).get("behaviour")
        if isinstance(behaviour, Behaviour):
            behaviour.make_room(len(people.item_ids))
        mentions = [*people.user_mentions, *[newcomer_mention(people.user_mentions)] * ROOM]
        encoders = prompt_encoders(
            mentions, people.item_mentions, people.item_ids, bundle.tokenizer, bundle.prompts
        )
        answers = item_answers(bundle.tokenizer, people.item_answers)
        self.history = bundle.prompts.history
        self.people = people
        self.tasks = tuple(bundle.templates)
        self._bundle = bundle
        self.names = Names(people, named)
        self._decoding = decoding
        self._runtime = runtime
        self._named = named
        self._newcomers = Newcomers(
            people.user_vectors, people.item_vectors, people.train, bundle.prompts.standardize
        )
        self.maker = BatchMaker(encoders, bundle.templates, {}, bundle.tokenizer.pad)
        self.recommender = Recommender(
            model=bundle.model,
            maker=self.maker,
            tokenizer=bundle.tokenizer,
            answers=answers,
            known=people.known,
            config=decoding,
            runtime=runtime,
        )
        self.answerer = Answerer(
            bundle.model, self.maker, bundle.tokenizer, self.recommender, decoding, runtime
        )
        self._answering = Answering(bundle, self.recommender, self.answerer, decoding)

    @classmethod
    def load(
        cls,
        folder: Path | str,
        decoding: DecodingConfig | None = None,
        runtime: Runtime | None = None,
        named: Callable[[str], str] = str,
    ) -> "Predictor":
        """Read a bundle; unless given, settings are the defaults, and the device a GPU where there is one.

        Raises ArtifactError where the folder holds no bundle, one of another version, or a damaged one.
        """
        return cls(
            load_bundle(Path(folder)),
            decoding or DecodingConfig(),
            runtime or choose_runtime(RuntimeConfig()),
            named,
        )

    def changed(self, people: People) -> "Predictor":
        """Return a predictor of other users and items, its model and settings shared.

        Those that this one knows have to stand first, in their order. One thread at a time may ask either.
        """
        return Predictor(replace(self._bundle, people=people), self._decoding, self._runtime, self._named)

    @property
    def tokenizer(self) -> PromptTokenizer:
        """Text to the model's tokens."""
        return self._bundle.tokenizer

    def influences(self, users: np.ndarray) -> dict[str, Any]:
        """Return who influenced the collaborative prompts of `users` [B], as columns of ATTENTION."""
        return influence_columns(self._bundle.model, users)

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
        return cast(list[Recommendation], self._only(Recommend(user, top, history)))

    def rank(
        self, user: str, candidates: Sequence[str], history: Sequence[str] | None = None
    ) -> list[Recommendation]:
        """Return the candidates, raw item ids, in the order that suits the user, best first.

        The top-n task: the candidates stand in the prompt, and none is left out. The history says who
        somebody new is; of known users it changes nothing here. Raises RequestError as `recommend` does,
        and for repeated or too many candidates.
        """
        return cast(list[Recommendation], self._only(Rank(user, candidates, history)))

    def explain(self, user: str, item: str, history: Sequence[str] | None = None) -> str:
        """Return the sentence that says why the user likes the item, or doesn't.

        The history says who somebody new is; of known users it changes nothing here. Raises RequestError as
        `recommend` does, and for data without explanations.
        """
        return cast(str, self._only(Explain(user, item, history)))

    def neighbours(self, user: str, history: Sequence[str] | None = None) -> list[Neighbour]:
        """Return the users whom the collaborative prompt attends to, the greatest weight first.

        None for a model whose prompt attends to nobody. The history says who somebody new is; of known users
        it changes nothing here. Raises RequestError as `recommend` does.
        """
        return cast(list[Neighbour], self._only(Neighbours(user, history)))

    @property
    def kinds(self) -> tuple[type[Request], ...]:
        """The kinds of requests that this model can answer, by the tasks that it was trained for."""
        return tuple(kind for kind in (*TASKS, Neighbours) if not self._lacks(kind))

    def items_of(self, user: str) -> list[Item]:
        """Return what the data has of a user, oldest first; raises RequestError for somebody new."""
        place = self.names.user(user)
        if place is None:
            raise self.names.unknown(user)
        people = self.people
        return [Item(people.item_ids[one], people.item_titles[one]) for one in people.whole[place].tolist()]

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        """Return the answers to requests of any kinds, in their order; raises for the first bad one."""
        return self.answer_checked([self.check(one) for one in requests])

    def check(self, request: Request) -> Checked:
        """Return a request with what answering it needs; raises RequestError and FoldingError.

        Any number of threads may check requests.
        """
        if lacks := self._lacks(type(request)):
            raise RequestError("task", lacks)
        history = None
        if request.history is not None:
            history = self.names.items(request.history, "history")
        place = self.names.user(request.user)
        newcomer = None
        if place is None:
            if history is None:
                raise self.names.unknown(request.user)
            newcomer = self._newcomer(history)
        items, top = self._asked_about(request, place, history)
        return Checked(request, place, newcomer, items, max(top, self._decoding.beams) if top else 0)

    def answer_checked(self, checked: Sequence[Checked]) -> list[Answer]:
        """Return the answers to requests that `check` let pass."""
        return self._answering.answers(checked)

    def _only(self, request: Request) -> Answer:
        (answer,) = self.answer([request])
        return answer

    def _lacks(self, kind: type[Request]) -> str:
        """Return why requests of this kind can't be answered; nothing where they can."""
        task = TASKS.get(kind)
        if task is not None and task not in self.tasks:
            trained = ", ".join(map(str, self.tasks))
            return f"the model isn't trained for the {task} task; prompts.tasks had {trained}"
        if kind is Explain and not self._bundle.explains:
            return "the data has no explanations to learn from, so the model can't give any"
        return ""

    def _asked_about(
        self, request: Request, place: int | None, history: np.ndarray | None
    ) -> tuple[np.ndarray, int]:
        """Return the items that a request is about, and how many places its list has."""
        match request:
            case Recommend(top=top):
                if top < 1:
                    raise RequestError("top", f"top is {top}; 1 or more wanted")
                # Without a history somebody new was refused.
                return self.people.whole[place or 0] if history is None else history, top
            case Rank(candidates=candidates):
                return self._candidates(candidates), len(candidates)
            case Explain(item=item):
                return self.names.items([item], "item"), 0
            case _:
                return np.zeros(0, dtype=np.int32), 0

    def _candidates(self, names: Sequence[str]) -> np.ndarray:
        items = self.names.items(names, "candidates")
        most = self._bundle.prompts.whole_words - 2
        if len(items) > most:
            raise RequestError(
                "candidates", f"{len(items)} candidates; a prompt holds at most {most} (prompts.whole_words)"
            )
        if len(set(names)) < len(names):
            repeated = next(name for name in names if list(names).count(name) > 1)
            raise RequestError("candidates", f"candidates: item {repeated!r} more than once")
        return items

    def _newcomer(self, history: np.ndarray) -> Newcomer | None:
        context = user_context_of(self._bundle.model)
        if context is None:
            return None
        count = context.neighbours.shape[1]
        return self._newcomers.describe(history, count)
