"""The command that says what a file holds before anything runs."""

import json
import re

import pytest

from stages.inspect import main


@pytest.fixture
def params(tmp_path):
    dataset = {"raw": "elsewhere", "format": "auto", "core": 2, "duplicates": "last", "negatives": 1}
    path = tmp_path / "params.yaml"
    path.write_text(json.dumps({"seed": 1, "dataset": dataset | {"bad_records": "stop"}}))
    return tmp_path


def test_it_says_by_hand(tmp_path, params, capsys):
    # Users A and B have the same three items twice told, the last two of A at one time; C has one alone.
    rows = [f"{user},i{item},{item + 1},130000000{min(item, 1)}" for user in "AB" for item in range(3)]
    rows += ["C,i9,,1400000000", rows[0], "D,i1,7,1300000000"]
    (tmp_path / "a.csv").write_text("\n".join(["user,item,stars,time", *rows]))
    main(tmp_path / "a.csv", root=params)
    assert capsys.readouterr().out.splitlines() == [
        "format      table (CSV)",
        "columns     user: user, item: item, rating: stars, timestamp: time",
        "texts       none: nothing to find explanations in",
        "records     9, of them 1 bad",
        "  bad       1 stars: out of range",
        "read        8 interactions, 3 users, 4 items",
        "ratings     1 to 3, 1 interactions without",
        "times       2011-03-13 to 2014-05-13",
        "duplicates  1 left out (dataset.duplicates: last)",
        "core 0      6 interactions, 2 users, 3 items stay, 1 interactions left out",
        "core 2      6 interactions, 2 users, 3 items stay, 1 interactions left out",
        "            (a user needs 3 in any case; dataset.core: 2)",
        "negatives   0 at most, 1 wanted: lower dataset.negatives first",
        "ties        decide the test item of 100.0% of these users (dataset.ties: file)",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "params.yaml"]


def test_too_few_items_for_the_negatives_are_told(tmp_path, params, capsys):
    """Of five items A has all but i4, B all but i3 and i4; C's i4 is one that A could be asked against."""
    rows = [
        "A,i0",
        "A,i1",
        "A,i2",
        "A,i3",
        "B,i0",
        "B,i1",
        "B,i2",
        "C,i3",
        "C,i4",
        "C,i0",
        "D,i4",
        "D,i1",
        "D,i0",
    ]
    (tmp_path / "a.csv").write_text("\n".join(["user,item", *rows]))
    main(tmp_path / "a.csv", ["dataset.negatives=2"], root=params)
    assert "negatives   1 at most, 2 wanted: lower dataset.negatives" in capsys.readouterr().out
    main(tmp_path / "a.csv", ["dataset.negatives=1"], root=params)
    assert "negatives" not in capsys.readouterr().out


def test_a_p5_folder(tmp_path, params, capsys):
    (tmp_path / "user_sequence.txt").write_text("A x y z\nB x y z w\n")
    main(tmp_path / "user_sequence.txt", root=params)
    said = capsys.readouterr().out
    assert said.startswith("format      p5\nrecords     7, of them 0 bad\n")
    assert "times       none: the order of the source counts as that of time" in said
    assert "core 2      6 interactions, 2 users, 3 items stay, 1 interactions left out" in said


def test_columns_are_said_as_to_dvc_with_what_the_message_asks_for(tmp_path, params, capsys):
    (tmp_path / "a.csv").write_text("kunde;artikel;x\nA;i1;0\nA;i2;0\nA;i3;0\n")
    with pytest.raises(SystemExit):
        main(tmp_path / "a.csv", root=params)
    advice = re.findall(r"-S '?([^ ']+)'?", capsys.readouterr().err)
    names = {"user": "kunde", "item": "artikel"}
    settings = [re.sub(r"(user|item)=NAME", lambda one: f"{one[1]}={names[one[1]]}", said) for said in advice]
    assert len(settings) == 3
    main(tmp_path / "a.csv", settings, root=params)
    assert "columns     user: kunde, item: artikel" in capsys.readouterr().out
    # The file stays as it is.
    assert "table" not in json.loads((params / "params.yaml").read_text())["dataset"]


@pytest.mark.parametrize("setting", ["dataset.core", "dataset.core.k=3", "=3"])
def test_a_setting_that_is_none_is_told(tmp_path, params, capsys, setting):
    (tmp_path / "a.csv").write_text("user,item\nA,i1\n")
    with pytest.raises(SystemExit):
        main(tmp_path / "a.csv", [setting], root=params)
    assert setting in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b,c\nx,y,z\n", "which column names the user and which the item isn't clear"),
        ("", "no records in it"),
        ('{"user_id": "A", "item_id": 1.5}', "records 1 have item_id: wrong type: found 1.5"),
    ],
)
def test_what_it_cannot_read_is_one_message(tmp_path, params, capsys, content, message):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SystemExit):
        main(tmp_path / "a.csv", root=params)
    assert message in capsys.readouterr().err
