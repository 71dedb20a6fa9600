import json
from pathlib import Path

import pytest

from pipeline.identifiers.base import Identifiers, IdentifiersError
from pipeline.identifiers.released import make
from tests.identifiers.build import PAIRS, TIMES, histories, random, settings, sources

SOURCES = sources(histories(PAIRS, TIMES))
CODES = {"I0": [3, 1], "I1": [3, 0], "I2": [1, 1], "I3": [0, 2], "I4": [2, 2], "elsewhere": [9, 9]}
NAMES = ["<a_3><b_1>", "<a_3><b_0>", "<a_1><b_1>", "<a_0><b_2>", "<a_2><b_2>"]


def read(folder: Path, text: str) -> Identifiers:
    path = folder / "codes"
    path.write_text(text, encoding="utf-8")
    return make(SOURCES, settings("released", released={"path": str(path)}), random)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(CODES),
        # As TIGER's and LETTER's releases have them.
        json.dumps(
            {
                item: [f"<{'ab'[level]}_{code}>" for level, code in enumerate(codes)]
                for item, codes in CODES.items()
            }
        ),
        json.dumps({item: f"<a_{one}> <b_{other}>" for item, (one, other) in CODES.items()}),
        "".join(f"{item}\t{one} {other}\n" for item, (one, other) in CODES.items()),
        "".join(f"{item}\t{one}\t{other}\r\n" for item, (one, other) in CODES.items()),
        "\n".join(f"{item}\t<a_{one}><b_{other}>" for item, (one, other) in CODES.items()),
        "\ufeffitem\tcodes\n\n" + "".join(f"{item}\t{one} {other}\n" for item, (one, other) in CODES.items()),
    ],
    ids=["numbers", "symbols", "symbols in a text", "table", "table of tabs", "table of symbols", "header"],
)
def test_every_way_to_write_the_same_names(tmp_path: Path, text: str) -> None:
    named = read(tmp_path, text)
    assert named.answers == named.items == NAMES
    assert sorted(named.symbols) == sorted({part + ">" for one in NAMES for part in one.split(">") if part})


def test_texts_are_words_of_the_vocabulary(tmp_path: Path) -> None:
    """As IDGenRec releases them."""
    texts = {f"I{item}": f"red  dress {'abcde'[item]}" for item in range(5)}
    named = read(tmp_path, json.dumps(texts))
    assert named.answers[0] == "red dress a"
    assert named.symbols == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"codes: empty; name a JSON file \{item id: codes\} or a table"),
        ("{}", "codes: 5 of 5 items of the data aren't there, the first is 'I0'; the file has none"),
        (
            '{"I0": [1], "I1": [2]}',
            "3 of 5 items of the data aren't there, the first is 'I2'; the file has 2, as",
        ),
        ('{"I0": [1], "I0": [2]}', "item 'I0' stands twice"),
        ("I0\t1\nI0\t2\n", "item 'I0' stands twice"),
        ('{"I0": [1', "codes: not readable as JSON: "),
        ("I0 1 2\n", r"line 1: an item id, a tab and its codes wanted \(found 'I0 1 2'\)"),
        ('{"I0": []}', r"item 'I0': one to 26 whole numbers from 0 on, symbols .* wanted \(found '\[\]'\)"),
        ('{"I0": [1.5]}', "item 'I0': one to 26 whole numbers"),
        ('{"I0": [-1]}', "item 'I0': one to 26 whole numbers"),
        ('{"I0": [true]}', "item 'I0': one to 26 whole numbers"),
        ('{"I0": {"a": 1}}', "item 'I0': one to 26 whole numbers"),
        ('{"I0": null}', "item 'I0': one to 26 whole numbers"),
        ('{"I0": "  "}', "item 'I0': one to 26 whole numbers"),
        (json.dumps({"I0": list(range(27))}), "item 'I0': one to 26 whole numbers"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(IdentifiersError, match=message):
        read(tmp_path, text)


def test_no_file_is_told(tmp_path: Path) -> None:
    chosen = settings("released", released={"path": str(tmp_path / "nothing.json")})
    with pytest.raises(IdentifiersError, match=r"identifiers.released.path .*nothing.json: no such file"):
        make(SOURCES, chosen, random)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "codes").write_bytes(b"\xff\xfe\x00")
    chosen = settings("released", released={"path": str(tmp_path / "codes")})
    with pytest.raises(IdentifiersError, match="codes: not readable as text"):
        make(SOURCES, chosen, random)
