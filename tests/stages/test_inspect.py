"""The command that says what a file holds before anything runs."""

import json

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
        "ties        decide the test item of 100.0% of these users (dataset.ties: file)",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "params.yaml"]


def test_a_p5_folder(tmp_path, params, capsys):
    (tmp_path / "user_sequence.txt").write_text("A x y z\nB x y z w\n")
    main(tmp_path / "user_sequence.txt", root=params)
    said = capsys.readouterr().out
    assert said.startswith("format      p5\nrecords     7, of them 0 bad\n")
    assert "times       none: the order of the source counts as that of time" in said
    assert "core 2      6 interactions, 2 users, 3 items stay, 1 interactions left out" in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b,c\nx,y,z\n", "which column names the user isn't clear"),
        ("", "no records in it"),
        ('{"user_id": "A", "item_id": 1.5}', "records 1 have item_id: wrong type: found 1.5"),
    ],
)
def test_what_it_cannot_read_is_one_message(tmp_path, params, capsys, content, message):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SystemExit):
        main(tmp_path / "a.csv", root=params)
    assert message in capsys.readouterr().err
