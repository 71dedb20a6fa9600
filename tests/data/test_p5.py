import gzip
import json

import numpy as np
import pytest

from pipeline.data.p5 import read_datamaps, read_histories, read_negatives
from pipeline.data.records import DatasetError

MAPS = {
    "id2user": {"1": "zoe", "2": "ann"},
    "id2item": {"1": "b", "2": "a", "3": "c", "4": "e", "5": "d"},
}
FILES = {
    "sequential_data.txt": "1 1 2 3\n2 2 4 3\n",
    "datamaps.json": json.dumps(MAPS),
}


def folder(tmp_path, gzipped=(), **changes):
    for name, text in {**FILES, **{key.replace("__", "."): text for key, text in changes.items()}}.items():
        if text is None:
            continue
        path = tmp_path / (f"{name}.gz" if name in gzipped else name)
        path.write_bytes(gzip.compress(text.encode()) if name in gzipped else text.encode())
    return tmp_path


@pytest.mark.parametrize("gzipped", [(), ("sequential_data.txt",), tuple(FILES)])
def test_histories_come_in_line_order_with_raw_ids(tmp_path, gzipped):
    found = read_histories(folder(tmp_path, gzipped))
    assert found.user_ids == ["zoe", "ann"]
    assert found.item_ids == ["b", "a", "c", "e"]
    assert found.users.tolist() == [0, 0, 0, 1, 1, 1]
    assert [found.item_ids[item] for item in found.items] == ["b", "a", "c", "a", "e", "c"]
    assert found.rows.tolist() == [1, 2, 3, 4, 5, 6]
    assert found.ratings is None
    assert found.timestamps is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 1 2 3\n7 1 2\n", r"sequential_data\.txt, line 2: user '7' is not in id2user of .*datamaps\.json"),
        ("1 1 2 3\n\n2 1 99\n", r"sequential_data\.txt, line 3: item '99' is not in id2item of .*datamaps"),
        ("1 1 2 3\n2\n", "line 2: user 2 without items"),
        ("1 1 2 3\n1 1 2\n", "line 2: user 1 has a line already"),
    ],
)
def test_bad_histories_name_file_and_line(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        read_histories(folder(tmp_path, sequential_data__txt=text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "datamaps.json: not JSON"),
        ("[]", "found list, wanted an object with id2user"),
        ('{"id2user": {}}', "id2item is None, wanted an object"),
        ('{"id2user": {"1": 5}, "id2item": {}}', "id2user 1 is 5, wanted a non-empty string"),
        ('{"id2user": {"1": "a", "2": "a"}, "id2item": {}}', "id2user gives a to both 1 and 2"),
    ],
)
def test_bad_maps_say_what_is_wrong(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        read_datamaps(folder(tmp_path, datamaps__json=text))


@pytest.mark.parametrize("name", list(FILES))
def test_a_missing_file_says_what_the_folder_needs(tmp_path, name):
    with pytest.raises(DatasetError, match=rf"no {name} .*a P5 folder holds sequential_data"):
        read_histories(folder(tmp_path, **{name.replace(".", "__"): None}))


def test_an_overlong_line_stops(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.data.raw_lines.LONGEST_LINE", 10)
    monkeypatch.setattr("pipeline.data.p5.LONGEST_LINE", 10)
    with pytest.raises(DatasetError, match="line 1: longer than 10 bytes"):
        read_histories(folder(tmp_path, sequential_data__txt="1 1 2 3 1 2 3\n"))


def kept(path):
    return read_histories(path).recoded()


def test_negatives_of_the_folder_are_taken_in_their_order(tmp_path):
    path = folder(
        tmp_path, sequential_data__txt="1 1 2 3\n2 4 5 3\n", negative_samples__txt="2 2 1\n1 5 5 4\n"
    )
    found = kept(path)
    negatives = read_negatives(path, found, 2)
    by_name = {
        found.user_ids[user]: [found.item_ids[item] for item in own]
        for user, own in enumerate(negatives.tolist())
    }
    # A repeated negative counts once.
    assert by_name == {"ann": ["a", "b"], "zoe": ["d", "e"]}
    assert read_negatives(path, found, 1).dtype == np.int32


def test_without_the_file_there_are_none(tmp_path):
    path = folder(tmp_path)
    assert read_negatives(path, kept(path), 1) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 4\n", "no line for user ann .1 such users"),
        ("1 4\n2 2\n", "line 2: user 2 has a negative that is in the user's own history"),
        ("1 4\n2 5\n", "line 2: user 2 has the negative d, which is in no kept history: take negative_"),
        ("1 4\n9 1\n", "line 2: user '9' is not in id2user"),
        ("1 4\n2 x\n", "line 2: item 'x' is not in id2item"),
    ],
)
def test_bad_negatives_name_file_line_and_user(tmp_path, text, message):
    path = folder(tmp_path, negative_samples__txt=text)
    with pytest.raises(DatasetError, match=message):
        read_negatives(path, kept(path), 1)


def test_too_few_distinct_negatives_name_the_user(tmp_path):
    path = folder(tmp_path, negative_samples__txt="2 1 1\n1 4 4\n")
    with pytest.raises(
        DatasetError, match=r"line 1: user 2 has 1 distinct negatives.*: take negative_samples"
    ):
        read_negatives(path, kept(path), 2)
    (path / "negative_samples.txt").unlink()
    assert read_negatives(path, kept(path), 2) is None


def test_a_user_that_filtering_removed_needs_no_negatives(tmp_path):
    path = folder(tmp_path, negative_samples__txt="1 4\n2 1\n")
    found = read_histories(path)
    alone = found.take(found.users == 1).recoded()
    with pytest.raises(DatasetError, match="in no kept history"):
        read_negatives(path, alone, 1)
    path = folder(tmp_path, sequential_data__txt="1 1 2 3\n2 1 2 4\n", negative_samples__txt="1 4\n2 3\n")
    everyone = kept(path)
    assert read_negatives(path, everyone, 1).shape == (2, 1)


def test_maps_may_lead_from_raw_ids_to_numbers_alone(tmp_path):
    turned = {
        "user2id": {raw: int(number) for number, raw in MAPS["id2user"].items()},
        "item2id": {raw: number for number, raw in MAPS["id2item"].items()},
    }
    maps = read_datamaps(folder(tmp_path, datamaps__json=json.dumps(turned)))
    assert (maps.users, maps.items) == (MAPS["id2user"], MAPS["id2item"])
    turned["item2id"]["b"] = "2"
    with pytest.raises(DatasetError, match="item2id gives one number to several ids"):
        read_datamaps(folder(tmp_path, datamaps__json=json.dumps(turned)))


def test_histories_that_are_not_utf_8_stop(tmp_path):
    (tmp_path / "user_sequence.txt").write_bytes(b"A x y\ncaf\xe9 x y\n")
    with pytest.raises(DatasetError, match=r"user_sequence\.txt, line 2: found .*wanted UTF-8 text"):
        read_histories(tmp_path)
