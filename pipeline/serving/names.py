"""Raw ids to rows of the model's tables, with refusals that say what to do."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np

from pipeline.model.bundle import People
from pipeline.serving.requests import Item, RequestError


class Names:
    """Finds the users and items of a bundle by their raw ids."""

    def __init__(self, people: People, named: Callable[[str], str] = str) -> None:
        """Take users and items; `named` makes ids of the bundle from raw ids of users."""
        self._users = people.user_ids
        self._item_ids = people.item_ids
        self._titles = people.item_titles
        self._items = {name: item for item, name in enumerate(people.item_ids)}
        self._named = named

    def user(self, raw: str) -> int | None:
        """Return a user's row; None for somebody new."""
        name = self._named(raw)
        place = bisect_left(self._users, name)
        return place if self._users[place : place + 1] == [name] else None

    def unknown(self, raw: str) -> RequestError:
        """Return what to tell somebody new who gave no history."""
        name = self._named(raw)
        place = bisect_left(self._users, name)
        # Pseudonyms would help nobody to find a raw id.
        near = [] if name != raw else self._users[max(place - 1, 0) : place + 1]
        alike = f" (in the order of ids beside {' and '.join(map(repr, near))})" if near else ""
        return RequestError(
            "user",
            f"user {raw!r} isn't among the {len(self._users)} users of the data{alike}, who have "
            "at least dataset.core interactions; somebody new needs a history of item ids (--history ID,ID)",
        )

    def items(self, names: Sequence[str], field: str) -> np.ndarray:
        """Return the rows of raw item ids, int32 [names].

        Raises RequestError for none at all, and for those that the data doesn't have.
        """
        if not names:
            raise RequestError(field, f"{field}: empty; at least one item id wanted")
        unknown = [name for name in names if name not in self._items]
        if unknown:
            raise RequestError(
                field,
                f"{field}: {len(unknown)} of {len(names)} items aren't in the data, the first is "
                f"{unknown[0]!r}; an id looks like {self._item_ids[0]!r}",
            )
        return np.array([self._items[name] for name in names], dtype=np.int32)

    def users_like(self, text: str, most: int) -> list[str]:
        """Return the first users with `text` in their id; none of pseudonymized data."""
        if self._named is not str:
            return []
        wanted = text.casefold()
        return list(islice((name for name in self._users if wanted in name.casefold()), most))

    def items_like(self, text: str, most: int) -> list[Item]:
        """Return the first items with `text` in their id or title."""
        wanted = text.casefold()
        pairs = zip(self._item_ids, self._titles, strict=True)
        found = (Item(*pair) for pair in pairs if wanted in f"{pair[0]}\n{pair[1] or ''}".casefold())
        return list(islice(found, most))
