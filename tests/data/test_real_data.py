"""The readers against published data and the figures known of it; skipped where the data is absent."""

import csv
import gzip
import json
from collections import Counter

import numpy as np
import pytest

from pipeline.artifacts import make_table
from pipeline.data.candidates import draw_negatives
from pipeline.data.config import DatasetConfig
from pipeline.data.llara import read_llara
from pipeline.data.next_items import split_by_users
from pipeline.data.p5 import read_datamaps, read_histories
from pipeline.data.preparation import keep_interactions
from pipeline.data.records import Faults
from pipeline.data.source import open_source
from pipeline.data.splits import SPLITS, leave_one_out
from pipeline.data.statistics import order_audit, table_2
from pipeline.data.ties import given_order, order_ties
from pipeline.data.titles import TitleFaults, spoken, spoken_as_released, title_faults, told_apart
from pipeline.identifiers.base import join_splits
from pipeline.identifiers.leaks import leak_shares
from pipeline.identifiers.numbers import numbered_sequentially
from pipeline.tables import INTERACTIONS
from tests.real_data import real_data


def keep(path, **changes):
    values = {"format": "auto", "core": 5, "duplicates": "last", "negatives": 99, "bad_records": "stop"}
    config = DatasetConfig(raw=str(path), **{**values, **changes})
    read = open_source(path, config.format, iter).interactions(Faults(path, stop=True))
    return read, *keep_interactions(read, config)


def test_musical_instruments():
    path = real_data("raw/reviews_Musical_Instruments_5.json.gz")
    _, kept, account = keep(path)
    assert account == {"kept": 10261, "filtered": 0, "duplicates": 0, "removed": 0}
    assert table_2(kept) == {"users": 1429, "items": 900, "reviews": 10261, "density_percent": 0.797838}
    # The file is sorted by item, so ties are too.
    assert order_audit(kept)["tied_pairs_ascending_by_item_id"] == 1.0
    # Of 1,429 users 631 have another review on the day of their last one.
    assert order_audit(kept)["test_items_decided_by_ties"] == pytest.approx(631 / 1429, abs=1e-6)


def test_movielens_100k():
    folder = real_data("llara/movielens")
    for path in (folder, folder / "u.data.gz"):
        read, kept, account = keep(path, core=0)
        assert account == {"kept": 100_000, "filtered": 0, "duplicates": 0, "removed": 0}
        found = table_2(kept)
        assert (found["users"], found["items"]) == (943, 1682)
        # What its README says: from September 19th, 1997 (in Minnesota) to April 22nd, 1998.
        assert (read.ratings.min(), read.ratings.max()) == (1, 5)
        days = np.array([read.timestamps.min(), read.timestamps.max()], dtype="datetime64[s]")
        assert days.astype("datetime64[D]").astype(str).tolist() == ["1997-09-20", "1998-04-22"]


def test_all_beauty_has_repeats_and_is_not_5_core():
    read, kept, account = keep(real_data("raw/All_Beauty_5.json.gz"), negatives=5)
    assert (len(read), len(read.user_ids), len(read.item_ids)) == (5269, 991, 85)
    assert account["duplicates"] == 1177
    assert sum(account.values()) == 5269
    assert min(Counter(kept.users.tolist()).values()) >= 5
    assert min(Counter(kept.items.tolist()).values()) >= 5
    pairs = set(zip(kept.users.tolist(), kept.items.tolist(), strict=True))
    assert len(pairs) == len(kept)


@pytest.mark.parametrize(
    ("name", "highest", "last", "ascending"),
    [("beauty", 0.0441, 0.0253, 0.694), ("toys", 0.0654, 0.0413, 0.720)],
)
def test_p5_folders_match_the_paper_and_the_published_numbers(name, highest, last, ascending):
    folder = real_data(f"p5/{name}")
    _, kept, account = keep(folder)
    with (real_data("..") / "paper" / "dataset_statistics.csv").open() as file:
        paper = next(row for row in csv.DictReader(file) if row["dataset"] == name)
    found = table_2(kept)
    assert account == {"kept": int(paper["reviews"]), "filtered": 0, "duplicates": 0, "removed": 0}
    assert [found["users"], found["items"]] == [int(paper["users"]), int(paper["items"])]
    assert round(found["density_percent"], 4) == float(paper["sparsity_percent"])
    assert order_audit(kept)["tied_pairs_ascending_by_item_id"] == pytest.approx(ascending, abs=0.001)

    split = {part: make_table(INTERACTIONS, columns) for part, columns in leave_one_out(kept).items()}
    histories = join_splits(split, found["users"], found["items"])
    named = numbered_sequentially(histories)
    maps = read_datamaps(folder)
    assert {kept.user_ids[code]: str(number) for code, number in enumerate(named.user_numbers)} == {
        raw: number for number, raw in maps.users.items()
    }
    assert {kept.item_ids[code]: str(number) for code, number in enumerate(named.item_numbers)} == {
        raw: number for number, raw in maps.items.items()
    }
    shares = leak_shares(histories, named.item_numbers)
    assert shares["highest_plus_one"] == pytest.approx(highest, abs=0.0001)
    assert shares["last_plus_one"] == pytest.approx(last, abs=0.0001)


def test_another_order_of_beauty_has_other_test_items():
    folder = real_data("p5/beauty")
    _, kept, _ = keep(folder)
    config = DatasetConfig(
        **{"raw": str(folder), "format": "p5", "core": 0, "duplicates": "all", "negatives": 99},
        **{"bad_records": "stop", "tie_order": str(folder / "sequential_data_other_tie_order.txt.gz")},
    )
    other = order_ties(kept, config, given_order(config), np.random.default_rng(0))
    items = [leave_one_out(found)["test"]["item"] for found in (kept, other)]
    assert (items[0] != items[1]).mean() == pytest.approx(0.29, abs=0.005)


def test_negatives_of_a_real_catalogue():
    found = read_histories(real_data("p5/beauty")).recoded()
    negatives = draw_negatives(found, 99, np.random.default_rng(0))
    assert negatives.shape == (22363, 99)
    assert (np.diff(np.sort(negatives, axis=1), axis=1) > 0).all()
    own = found.users.astype(np.int64) * len(found.item_ids) + found.items
    drawn = np.arange(22363)[:, None] * len(found.item_ids) + negatives
    assert not np.isin(drawn, own).any()


def test_movielens_as_llara_splits_it():
    """Section 1.1 of LLaRA's protocol, from the raw ratings; the authors' own examples are beside them."""
    folder = real_data("llara/movielens")
    read = open_source(folder, "auto", iter).interactions(Faults(folder, stop=True))
    kept = read.take(read.ratings >= 3).recoded()
    assert len(kept) == 82_520
    found = split_by_users(kept, longest=10)
    users = {split: np.unique(examples.users) for split, examples in found.items()}
    assert [len(users[split]) for split in SPLITS] == [754, 94, 95]
    # One row more than the authors have.
    assert (len(found["train"]), len(found["train"].after(3))) == (68_389, 66_127)
    given = read_llara(folder)
    for split, name in (("validation", "val"), ("test", "test")):
        with gzip.open(folder / f"llara_{name}.jsonl.gz", "rt") as file:
            theirs = {str(json.loads(line)["user"]) for line in file}
        assert theirs == {kept.user_ids[user] for user in users[split]}
        assert len(given.examples[split]) == len(given.examples[split].after(3)) == len(users[split])
    # The order of equal times is lost: theirs can be had from their files alone.
    assert len(given.examples["train"]) == 68_389
    assert given.titles[266] == "unknown"
    released = [spoken_as_released(title) for title in given.titles]
    assert title_faults(released) == TitleFaults(empty=1, equal=45, contained=79)
    assert len(set(released)) == 1659
    ours = told_apart([spoken(title) for title in given.titles], given.titles)
    assert title_faults(ours).equal == title_faults(ours).empty == 0


@pytest.mark.parametrize(
    ("name", "items", "rows", "long"),
    [
        ("lastfm", 4606, (50_800, 122, 122), (47_872, 122, 122)),
        # Of 151,056 training windows a sample.
        ("steam", 3581, (1000, 1194, 1194), (1000, 1184, 1186)),
    ],
)
def test_the_other_sets_of_llara(name, items, rows, long):
    found = read_llara(real_data(f"llara/{name}"))
    assert len(found.titles) == items
    assert tuple(len(found.examples[split]) for split in SPLITS) == rows
    assert tuple(len(found.examples[split].after(3)) for split in SPLITS) == long
