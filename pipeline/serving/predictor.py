"""A trained model that answers about one user: raw ids in, raw ids out."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipeline.data.histories import Histories
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.predict import Answerer
from pipeline.decoding.recommend import Recommender
from pipeline.identifiers.mentions import newcomer_mention
from pipeline.model.assembly import user_context_of
from pipeline.model.bundle import Bundle, load_bundle
from pipeline.model.influence import influence_columns
from pipeline.prompts.batch_maker import BatchMaker, item_answers
from pipeline.prompts.inputs import prompt_encoders
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import Runtime, choose_runtime
from pipeline.serving.newcomers import Newcomers
from pipeline.tasks.base import AnswerKind, Question
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

    It needs nothing but the folder that stage `train` writes, wherever that is now:

    >>> from pathlib import Path
    >>> from pipeline.serving.predictor import Predictor
    >>> predictor = Predictor.load(Path("models/peapod"))
    >>> predictor.recommend("SYN-U-0001", top=3)  # doctest: +SKIP
    [Recommendation(rank=1, item='SYN-I-0177', score=-2.8), ...]
    >>> bought = ["SYN-I-0001", "SYN-I-0002"]
    >>> len(predictor.recommend("somebody new", history=bought))
    10
    >>> [one.rank for one in predictor.rank("SYN-U-0001", ["SYN-I-0003", "SYN-I-0004"])]
    [1, 2]
    >>> sentence = predictor.explain("SYN-U-0001", "SYN-I-0003")

    Somebody new has a vector and neighbours by their items (folding in), and a number that nobody has.

    Attributes:
        history: the most items of an input.
        answerer: answers to questions of tasks, as stage `generate` asks them.
        recommender: ranks items for them.
    """

    def __init__(
        self, bundle: Bundle, decoding: DecodingConfig, runtime: Runtime, named: Callable[[str], str] = str
    ) -> None:
        """Take a bundle, whose model is the predictor's from now on: it gets a row for somebody new.

        `named` makes ids of the bundle from raw ids: `user_namer` where these are pseudonyms.
        """
        people = bundle.people
        context = user_context_of(bundle.model)
        if context is not None:
            context.make_room()
        mentions = [*people.user_mentions, newcomer_mention(people.user_mentions)]
        encoders = prompt_encoders(
            mentions, people.item_mentions, people.item_ids, bundle.tokenizer, bundle.prompts
        )
        answers = item_answers(bundle.tokenizer, people.item_answers)
        self.history = bundle.prompts.history
        self._bundle = bundle
        self._people = people
        self._named = named
        self._items = {name: item for item, name in enumerate(people.item_ids)}
        self._decoding = decoding
        self._newcomers = Newcomers(people.user_vectors, people.item_vectors, people.train)
        self._maker = BatchMaker(encoders, bundle.templates, {}, bundle.tokenizer.pad)
        self.recommender = Recommender(
            model=bundle.model,
            maker=self._maker,
            tokenizer=bundle.tokenizer,
            answers=answers,
            known=people.known,
            config=decoding,
            runtime=runtime,
        )
        self.answerer = Answerer(
            bundle.model, self._maker, bundle.tokenizer, self.recommender, decoding, runtime
        )

    @classmethod
    def load(
        cls,
        folder: Path,
        decoding: DecodingConfig | None = None,
        runtime: Runtime | None = None,
        named: Callable[[str], str] = str,
    ) -> "Predictor":
        """Read a bundle; unless given, settings are the defaults, and the device a GPU where there is one.

        Raises ArtifactError where the folder holds no bundle, one of another version, or a damaged one.
        """
        return cls(
            load_bundle(folder),
            decoding or DecodingConfig(),
            runtime or choose_runtime(RuntimeConfig()),
            named,
        )

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
        if top < 1:
            raise RequestError(f"top is {top}; 1 or more wanted")
        place = self._place(user, history)
        items = self._people.whole[place] if history is None else self._codes(history, "history")
        # The histories of all users, empty but for this one.
        seen = Histories(items, np.where(np.arange(len(self._people.user_ids) + 2) > place, len(items), 0))
        return self._ranked(Question(SEQUENTIAL, place, items[-self.history :]), top, seen)

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
        most = self._bundle.prompts.whole_words - 2
        if len(items) > most:
            raise RequestError(
                f"{len(items)} candidates; a prompt holds at most {most} (prompts.whole_words)"
            )
        if len(set(candidates)) < len(candidates):
            repeated = next(name for name in candidates if list(candidates).count(name) > 1)
            raise RequestError(f"candidates: item {repeated!r} more than once")
        return self._ranked(Question(TOPN, place, items, items), len(items), self._people.whole)

    def explain(self, user: str, item: str, history: Sequence[str] | None = None) -> str:
        """Return the sentence that says why the user likes the item, or doesn't.

        The history says who somebody new is; of known users it changes nothing here. Raises RequestError as
        `recommend` does, and for data without explanations.
        """
        if not self._bundle.explains:
            raise RequestError("the data has no explanations to learn from, so the model can't give any")
        question = Question(EXPLANATION, self._place(user, history), self._codes([item], "item"))
        (text,) = self.answerer.answer(AnswerKind.TEXT, [question])["text"]
        return text

    def _ranked(self, question: Question, top: int, seen: Histories) -> list[Recommendation]:
        beams = max(top, self._decoding.beams)
        # People want real items, each once, whatever an evaluation compares.
        config = self._decoding.model_copy(update={"top": top, "beams": beams, "constrained": True})
        (found,) = self.recommender.changed(seen, config).rank([question])
        names = [self._people.item_ids[item] for item in found.items.tolist()]
        places = enumerate(zip(names, found.scores.tolist(), strict=True), start=1)
        return [Recommendation(rank, name, score) for rank, (name, score) in places]

    def _place(self, user: str, history: Sequence[str] | None) -> int:
        """Return the user's row; somebody new, who is known by their history, gets the last one."""
        name = self._named(user)
        users = self._people.user_ids
        place = bisect_left(users, name)
        if users[place : place + 1] == [name]:
            return place
        if history is None:
            raise RequestError(self._unknown(user, place))
        context = user_context_of(self._bundle.model)
        items = self._codes(history, "history")
        if context is not None:
            count = context.neighbours.shape[1]
            found = self._newcomers.describe(items, count, self._bundle.prompts.standardize)
            context.vectors[-1] = found.vector
            context.neighbours[-1] = found.neighbours
        return len(self._people.user_ids)

    def _unknown(self, user: str, place: int) -> str:
        # Pseudonyms would help nobody to find a raw id.
        near = [] if self._named(user) != user else self._people.user_ids[max(place - 1, 0) : place + 1]
        alike = f" (in the order of ids beside {' and '.join(map(repr, near))})" if near else ""
        return (
            f"user {user!r} isn't among the {len(self._people.user_ids)} users of the data{alike}, who have "
            "at least dataset.core interactions; somebody new needs a history of item ids (--history ID,ID)"
        )

    def _codes(self, names: Sequence[str], what: str) -> np.ndarray:
        """Return the indices of raw item ids, int32 [names]; refuse none, and what the data doesn't have."""
        if not names:
            raise RequestError(f"{what}: empty; at least one item id wanted")
        unknown = [name for name in names if name not in self._items]
        if unknown:
            raise RequestError(
                f"{what}: {len(unknown)} of {len(names)} items aren't in the data, the first is "
                f"{unknown[0]!r}; an id looks like {self._people.item_ids[0]!r}"
            )
        return np.array([self._items[name] for name in names], dtype=np.int32)
