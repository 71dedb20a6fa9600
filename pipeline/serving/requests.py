"""What a trained model can be asked about a user, and what it answers; all ids are the data's own."""

from collections.abc import Sequence
from dataclasses import dataclass


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

    user: str
    top: int = 10
    history: Sequence[str] | None = None


@dataclass(frozen=True)
class Rank:
    """Candidates in the order that suits a user.

    Attributes:
        user: as in `Recommend`.
        candidates: raw item ids, each once.
        history: says who somebody new is; of known users it changes nothing.
    """

    user: str
    candidates: Sequence[str]
    history: Sequence[str] | None = None


@dataclass(frozen=True)
class Explain:
    """A sentence that says why a user likes an item, or doesn't.

    Attributes:
        user: as in `Recommend`.
        item: raw id.
        history: as in `Rank`.
    """

    user: str
    item: str
    history: Sequence[str] | None = None


@dataclass(frozen=True)
class Neighbours:
    """The similar users that a user's collaborative prompt attends to.

    Attributes:
        user: as in `Recommend`.
        history: as in `Rank`.
    """

    user: str
    history: Sequence[str] | None = None


Request = Recommend | Rank | Explain | Neighbours


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
