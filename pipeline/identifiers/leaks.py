"""How much of the held-out items the numbers themselves give away."""

import numpy as np

from pipeline.identifiers.base import HistoryColumns


def leak_shares(histories: HistoryColumns, item_numbers: np.ndarray) -> dict[str, float]:
    """Return the shares of users whose test item's number continues the numbers of their history.

    `highest_plus_one` counts those where it is the highest number so far plus 1, `last_plus_one` the last
    number plus 1; `chance` is what one guess among all items scores. The test item is the last of the
    whole history.
    """
    order = np.lexsort((histories.positions, histories.users))
    users = histories.users[order]
    numbers = item_numbers[histories.items[order]].astype(np.int64)
    test = np.append(users[1:] != users[:-1], True)
    highest = np.zeros(histories.user_count, dtype=np.int64)
    np.maximum.at(highest, users[~test], numbers[~test])
    last = numbers[np.flatnonzero(test) - 1]
    return {
        "highest_plus_one": _share(numbers[test] == highest[users[test]] + 1),
        "last_plus_one": _share(numbers[test] == last + 1),
        "chance": round(1 / histories.item_count, 6),
    }


def _share(mask: np.ndarray) -> float:
    return round(float(mask.mean()), 6)
