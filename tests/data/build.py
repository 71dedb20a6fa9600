"""Small interactions for the tests of this folder."""

import numpy as np

from pipeline.data.interactions import Interactions


def interactions(pairs, times=None, ratings=None):
    """Interactions from (user, item) codes in source order."""
    users = np.array([user for user, _ in pairs], dtype=np.int32)
    items = np.array([item for _, item in pairs], dtype=np.int32)
    return Interactions(
        users=users,
        items=items,
        rows=np.arange(1, len(pairs) + 1),
        ratings=None if ratings is None else np.array(ratings, dtype=np.float32),
        timestamps=None if times is None else np.array(times, dtype=np.int64),
        user_ids=[f"U{code:03d}" for code in range(users.max(initial=-1) + 1)],
        item_ids=[f"I{code:03d}" for code in range(items.max(initial=-1) + 1)],
    )
