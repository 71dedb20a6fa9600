"""The JSON of the service beside its questions: what helps to ask them, answers, and faults."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pipeline.identifiers.new_items import NewItem
from pipeline.serving.requests import KNOWN, Count, Id, Item, Neighbour, Recommendation


@dataclass(frozen=True)
class Search:
    """Ids or titles with this text in them; upper and lower case are the same."""

    __pydantic_config__ = KNOWN

    text: Annotated[str, Field(max_length=500)] = ""
    most: Count = 20


@dataclass(frozen=True)
class User:
    """A user of the data."""

    __pydantic_config__ = KNOWN

    user: Id


@dataclass(frozen=True)
class RecommendedBody:
    """A list, best first."""

    recommendations: list[Recommendation]


@dataclass(frozen=True)
class ExplainedBody:
    """A sentence."""

    explanation: str


@dataclass(frozen=True)
class NeighboursBody:
    """Similar users, the greatest weight first; none where the model attends to nobody."""

    neighbours: list[Neighbour]


@dataclass(frozen=True)
class UsersBody:
    """Ids of users; none of pseudonymized data."""

    users: list[str]


@dataclass(frozen=True)
class ItemsBody:
    """Items: of a user from the oldest to the newest."""

    items: list[Item]


@dataclass(frozen=True)
class NewItems:
    """Items that came after training."""

    __pydantic_config__ = KNOWN

    items: Annotated[Sequence[NewItem], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True)
class Named:
    """An item and what the model calls it."""

    item: str
    name: str


@dataclass(frozen=True)
class NamedBody:
    """New items, as the model calls them from now on."""

    items: list[Named]


@dataclass(frozen=True)
class Health:
    """That answers are given, about how much, and to which questions: those of the model's tasks."""

    status: Literal["ok"]
    users: int
    items: int
    answers: list[Literal["recommend", "rank", "explain", "neighbours"]]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: for a field of the request's JSON ["body", FIELD]."""

    loc: list[str | int]
    msg: str
    type: str


@dataclass(frozen=True)
class FaultsBody:
    """Everything that is wrong with a request."""

    detail: list[Fault]
