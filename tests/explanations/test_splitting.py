import numpy as np
import pyarrow as pa
import pytest

from pipeline.explanations.config import ExplanationsConfig
from pipeline.explanations.splitting import assign, pair_keys, sequential_split, shared_with_train


def pairs(*found):
    users, items = zip(*found, strict=True) if found else ((), ())
    return pa.table({"user": pa.array(users, pa.int32()), "item": pa.array(items, pa.int32())})


SEQUENTIAL = {
    "train": pairs((0, 1), (0, 2), (0, 3)),
    "validation": pairs((0, 4)),
    "test": pairs((0, 5), (0, 3)),
}


def config(split):
    return ExplanationsConfig(min_feature_count=1, min_words=1, max_words=9, split=split, ratio=(8, 1, 1))


def test_keys_tell_pairs_apart():
    assert pair_keys(pairs((1, 2), (2, 1), (0, 7))).tolist() == [(1 << 32) + 2, (2 << 32) + 1, 7]


def test_leave_one_out_follows_the_sequential_split_and_holds_back_repeated_pairs():
    wanted = pairs((0, 1), (0, 4), (0, 5), (0, 3))
    split = assign(wanted, SEQUENTIAL, config("leave_one_out"), np.random.default_rng(0))
    assert split.tolist() == ["train", "validation", "test", "test"]


def test_pair_outside_the_splits_is_named():
    with pytest.raises(ValueError, match="1 explanations, first of user 7 and item 9, in no split"):
        sequential_split(pairs((0, 1), (7, 9)), SEQUENTIAL)


def test_random_split_keeps_users_and_items_in_train():
    found = pairs(*[(user, item) for user in range(12) for item in range(12)])
    split = assign(found, SEQUENTIAL, config("random"), np.random.default_rng(0))
    held = split != "train"
    assert 0.1 < held.mean() <= 0.2
    for column in ("user", "item"):
        values = found[column].to_numpy()
        assert set(values[held]) <= set(values[~held])


def test_shared_pairs_count_train_alone():
    explanations = pairs((0, 5), (0, 3), (0, 1)).append_column(
        "split", pa.array(["train", "validation", "train"])
    )
    assert shared_with_train(SEQUENTIAL["test"], explanations) == 1
