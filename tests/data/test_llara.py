import gzip
import json

import pytest

from pipeline.data.llara import LlaraSource, read_llara
from pipeline.data.records import DatasetError, Faults

FILES = {
    "id2name.txt": "0::Air\n1::Re: Mind\n2::Café Del Mar\n3::a::b\n",
    "llara_train_sequences.jsonl": '{"items": [0, 1, 2]}\n{"items": [3]}\n',
    "llara_val.jsonl": '{"seq": [0, 1], "len_seq": 2, "next": 3}\n',
    "llara_test.jsonl": '{"seq": [], "len_seq": 1, "next": 3}\n{"seq": [2], "next": 0}\n',
}


def folder(tmp_path, gzipped=False, **changes):
    named = {key.replace("__", "."): text for key, text in changes.items()}
    for name, text in {**FILES, **named}.items():
        if text is not None:
            content = text.encode()
            path = tmp_path / (f"{name}.gz" if gzipped else name)
            path.write_bytes(gzip.compress(content) if gzipped else content)
    return tmp_path


def shown(examples):
    return [examples.histories[one].tolist() for one in range(len(examples))], examples.targets.tolist()


@pytest.mark.parametrize("gzipped", [False, True])
def test_titles_sequences_and_examples(tmp_path, gzipped):
    found = read_llara(folder(tmp_path, gzipped))
    assert found.titles == ["Air", "Re: Mind", "Café Del Mar", "a::b"]
    assert shown(found.examples["train"]) == ([[], [0], [0, 1], []], [0, 1, 2, 3])
    assert shown(found.examples["validation"]) == ([[0, 1]], [3])
    assert shown(found.examples["test"]) == ([[], [2]], [3, 0])


def test_padding_at_the_end_counts_for_nothing_and_training_may_be_examples(tmp_path):
    padded = json.dumps({"seq": [1, 2, 4, 4, 4], "len_seq": 2, "next": 0}) + "\n"
    changes = {"llara_train_sequences__jsonl": None, "llara_train_sample__jsonl": padded}
    found = read_llara(folder(tmp_path, **changes))
    assert shown(found.examples["train"]) == ([[1, 2]], [0])
    assert [one.tolist() for one in found.sequences["train"]] == [[1, 2, 0]]


def test_as_a_source_it_has_a_user_per_sequence_or_example(tmp_path):
    source = LlaraSource(folder(tmp_path))
    faults = Faults(tmp_path, stop=True)
    read = source.interactions(faults)
    users = ["train_000001", "train_000002", "validation_000001", "test_000001", "test_000002"]
    assert read.user_ids == users
    assert read.users.tolist() == [0, 0, 0, 1, 2, 2, 2, 3, 4, 4]
    assert read.items.tolist() == [0, 1, 2, 3, 0, 1, 3, 3, 2, 0]
    assert faults.read == len(read) == 10
    assert source.user_split(read).tolist() == ["train", "train", "validation", "test", "test"]
    titles = {"0": "Air", "1": "Re: Mind", "2": "Café Del Mar", "3": "a::b"}
    assert {one.item_id: one.title for one in source.items()} == titles


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id2name__txt": "0::Air\n2::b\n"}, "id2name.txt: ids of 2 items lack 1, counted from 0"),
        ({"id2name__txt": "0::Air\nMew\n"}, "id2name.txt, line 2: found b'Mew.*wanted id::name"),
        ({"id2name__txt": "0::Air\n0::b\n"}, "line 2: .*each id once"),
        ({"llara_val__jsonl": '{"seq": [0]'}, "llara_val.jsonl, line 1: .*wanted a JSON object"),
        (
            {"llara_val__jsonl": '{"seq": [9], "next": 1}'},
            r"line 1: seq is \[9\], wanted item ids from 0 to 3",
        ),
        ({"llara_val__jsonl": '{"seq": [4, 1], "next": 1}'}, r"seq is \[4, 1\], wanted item ids"),
        ({"llara_val__jsonl": '{"seq": [1], "next": 4}'}, r"next is \[4\], wanted item ids"),
        ({"llara_val__jsonl": '{"seq": [true], "next": 1}'}, r"seq is \[True\]"),
        ({"llara_val__jsonl": '{"seq": [1]}'}, r"next is \[None\]"),
        ({"llara_val__jsonl": '{"seq": [1], "len_seq": 2, "next": 1}'}, "len_seq is 2, seq has 1 items"),
        ({"llara_train_sequences__jsonl": '{"items": 3}'}, "items is 3, wanted item ids"),
        (
            {"llara_test__jsonl": None},
            "no llara_test.jsonl .*a folder of LLaRA's holds id2name.txt or u.item",
        ),
        ({"llara_train_sequences__jsonl": None}, "no llara_train_sequences.jsonl"),
        ({"id2name__txt": None}, "no id2name.txt"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(tmp_path, changes, message):
    with pytest.raises(DatasetError, match=message):
        read_llara(folder(tmp_path, **changes))
