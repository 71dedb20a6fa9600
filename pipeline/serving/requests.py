"""What a trained model can be asked about a user, and what it answers; all ids are the data's own.

The bounds of fields hold where requests come from outside, as JSON (`app.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=500)]
Ids = Annotated[Sequence[Id], Field(min_length=1, max_length=10_000)]


def _number(value: object) -> object:
    """Refuse what only reads like a number; JSON knows no difference between 3 and 3.0."""
    if isinstance(value, str | bool):
        raise ValueError("a number wanted")
    return value


Count = Annotated[int, Field(ge=1, le=100), BeforeValidator(_number)]

KNOWN = ConfigDict(extra="forbid")


class RequestError(ValueError):
    """What was asked for can't be answered; the message says why, and what can.

    Attributes:
        field: the part of the request that is at fault.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Recommend:
    """The best items of the whole catalogue as what a user takes next.

    Attributes:
        user: raw id; one that the data doesn't have is somebody new, whom the history describes.
        top: most items in the answer.
        history: raw item ids, oldest first, in place of what the data has of the user.
    """

    __pydantic_config__ = KNOWN

    user: Id
    top: Count = 10
    history: Ids | None = None


@dataclass(frozen=True)
class Rank:
    """Candidates in the order that suits a user.

    Attributes:
        user: as in `Recommend`.
        candidates: raw item ids, each once.
        history: says who somebody new is; of known users it changes nothing.
    """

    __pydantic_config__ = KNOWN

    user: Id
    candidates: Annotated[Sequence[Id], Field(min_length=1, max_length=200)]
    history: Ids | None = None


@dataclass(frozen=True)
class Explain:
    """A sentence that says why a user likes an item, or doesn't.

    Attributes:
        user: as in `Recommend`.
        item: raw id.
        history: as in `Rank`.
    """

    __pydantic_config__ = KNOWN

    user: Id
    item: Id
    history: Ids | None = None


@dataclass(frozen=True)
class Neighbours:
    """The similar users that a user's collaborative prompt attends to.

    Attributes:
        user: as in `Recommend`.
        history: as in `Rank`.
    """

    __pydantic_config__ = KNOWN

    user: Id
    history: Ids | None = None


Request = Recommend | Rank | Explain | Neighbours


@dataclass(frozen=True)
class Item:
    """An item as people know it.

    Attributes:
        item: raw id.
        title: None where the data tells none.
    """

    item: str
    title: str | None


@dataclass(frozen=True)
class Recommendation:
    """One place of a list.

    Attributes:
        rank: from 1.
        item: raw id.
        score: log-likelihood of the item in nats, as `decoding.item_length_penalty` weighs it.
        title: None where the data tells none.
    """

    rank: int
    item: str
    score: float
    title: str | None = None


@dataclass(frozen=True)
class Neighbour:
    """A similar user.

    Attributes:
        user: id as the bundle has it: of pseudonymized data a pseudonym.
        weight: the heads' mean attention; those of all neighbours sum to 1.
    """

    user: str
    weight: float


Answer = list[Recommendation] | str | list[Neighbour]
"""To `Recommend` and `Rank`, to `Explain`, and to `Neighbours`."""
