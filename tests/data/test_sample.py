import gzip
import hashlib
import itertools
import json
import re
from collections import Counter, defaultdict

import pytest

from pipeline.data.config import SampleConfig
from pipeline.data.sample import sample_file, sample_records
from pipeline.data.sample_words import KINDS, NEGATIVE, POSITIVE
from pipeline.randomness import generator

CONFIG = SampleConfig(users=400, items=250, reviews=4000)
SHA256 = "bfda943d22e72047088811337929acd8764aba6e80f9323ac81cd87428b826dc"


@pytest.fixture(scope="module")
def content():
    return sample_file(CONFIG, generator(42, "sample"))


@pytest.fixture(scope="module")
def records(content):
    return [json.loads(line) for line in gzip.decompress(content).splitlines()]


@pytest.fixture(scope="module")
def planted():
    return sample_records(CONFIG, generator(42, "sample"))[1:]


@pytest.fixture(scope="module")
def histories(records, planted):
    item_of = planted[1]
    histories = defaultdict(list)
    for record in records:
        histories[record["reviewerID"]].append(item_of[record["asin"]])
    return list(histories.values())


def test_the_bytes_are_those_of_every_machine(content):
    assert hashlib.sha256(content).hexdigest() == SHA256


def test_two_runs_are_equal_and_another_seed_is_not(content):
    assert sample_file(CONFIG, generator(42, "sample")) == content
    assert sample_file(CONFIG, generator(43, "sample")) != content


def test_size_and_shape(records, histories):
    assert len(records) == 4000
    assert len({(record["reviewerID"], record["asin"]) for record in records}) == 4000
    assert len(histories) == 400
    lengths = Counter(map(len, histories))
    assert min(lengths) == 5
    assert max(lengths) == 16
    items = Counter(record["asin"] for record in records)
    assert len(items) == 250
    assert min(items.values()) >= 5
    assert max(items.values()) <= 5 * min(items.values())


def test_every_record_says_that_it_is_synthetic(records):
    keys = ["reviewerID", "asin", "overall", "reviewText", "summary", "unixReviewTime", "synthetic"]
    for record in records:
        assert list(record) == keys
        assert record["synthetic"] is True
        assert re.fullmatch(r"SYN-U-\d{4}", record["reviewerID"])
        assert re.fullmatch(r"SYN-I-\d{4}", record["asin"])


def test_file_is_in_time_order_and_histories_grow_strictly(records):
    times = [record["unixReviewTime"] for record in records]
    assert times == sorted(times)
    by_user = defaultdict(list)
    for record in records:
        by_user[record["reviewerID"]].append(record["unixReviewTime"])
    assert all(len(set(own)) == len(own) for own in by_user.values())


def test_habit_makes_the_next_item_predictable(histories, planted):
    world = planted[0]
    pairs = [pair for history in histories for pair in itertools.pairwise(history)]
    followed = sum(world.successor[one] == other for one, other in pairs) / len(pairs)
    last = sum(world.successor[history[-2]] == history[-1] for history in histories) / len(histories)
    # Chance is 1 in 250 among all items, 1 in 12 within a group.
    assert 0.6 < followed < 0.72
    assert last > 0.5


def test_successors_make_one_cycle_a_group(planted):
    world = planted[0]
    assert 19 <= len(world.groups) <= 21
    for group in world.groups:
        assert 12 <= len(group) <= 13
        walked = [group[0]]
        while world.successor[walked[-1]] != group[0]:
            walked.append(world.successor[walked[-1]])
        assert walked == group


def test_users_keep_to_a_main_and_a_secondary_group(planted):
    world = planted[0]
    groups = [[world.group_of[item] for item in history] for history in world.histories]
    main = sum(own.count(world.main[user]) for user, own in enumerate(groups)) / 4000
    second = sum(own.count(world.second[user]) for user, own in enumerate(groups)) / 4000
    assert 0.62 < main < 0.72
    assert 0.17 < second < 0.27


def test_ids_tell_nothing_of_groups_habit_or_time(records, planted):
    world, item_of = planted
    names = sorted(item_of)
    beside = [(item_of[one], item_of[other]) for one, other in itertools.pairwise(names)]
    assert sum(world.group_of[one] == world.group_of[other] for one, other in beside) < 0.12 * len(beside)
    assert sum(world.successor[one] == other for one, other in beside) < 0.05 * len(beside)
    firsts = list(dict.fromkeys(record["reviewerID"] for record in records))
    ascending = sum(one < other for one, other in itertools.pairwise(firsts)) / len(firsts)
    assert 0.42 < ascending < 0.58


def sentences(record):
    return [part for part in re.split(r"(?<=\.) ", record["reviewText"]) if part]


def polarity(record):
    words = re.findall(r"[a-z]+", record["reviewText"].lower())
    praise = {word for words in POSITIVE.values() for word in words}
    blame = {word for words in NEGATIVE.values() for word in words}
    return sum(word in praise for word in words) - sum(word in blame for word in words)


def test_opinions_agree_with_the_rating(records):
    for record in records:
        if record["reviewText"]:
            sign = (polarity(record) > 0) - (polarity(record) < 0)
            assert sign == (record["overall"] > 3) - (record["overall"] < 3), record


def test_texts_are_of_two_to_four_sentences_of_five_to_fifteen_words(records):
    empty = [record for record in records if not record["reviewText"]]
    assert 10 <= len(empty) <= 100
    for record in records:
        if record["reviewText"]:
            assert 2 <= len(sentences(record)) <= 4
            assert len(set(sentences(record))) == len(sentences(record))
            assert all(5 <= len(one.split()) <= 16 for one in sentences(record))


def test_each_kind_names_its_own_features():
    assert len(KINDS) == 20
    for features in KINDS.values():
        assert len(dict(features)) == 6
        assert {kind for _, kind in features} <= set(POSITIVE)
    assert not {word for words in POSITIVE.values() for word in words} & {
        word for words in NEGATIVE.values() for word in words
    }


@pytest.mark.parametrize(("users", "items", "reviews"), [(20, 20, 100), (20, 20, 320), (40, 30, 240)])
def test_other_sizes_keep_the_floor_of_five(users, items, reviews):
    config = SampleConfig(users=users, items=items, reviews=reviews)
    records, _, _ = sample_records(config, generator(1, "sample"))
    assert len(records) == reviews
    assert len({(record["reviewerID"], record["asin"]) for record in records}) == reviews
    for key, count in (("reviewerID", users), ("asin", items)):
        counts = Counter(record[key] for record in records)
        assert len(counts) == count
        assert min(counts.values()) >= 5
