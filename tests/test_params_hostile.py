"""Params files that nobody should write: each ends in ParamsError naming the file, never in a traceback."""

import pytest

from pipeline.params import ParamsError, Section, load_yaml, read_params


class Fit(Section):
    rate: float
    epochs: int
    name: str


class Params(Section):
    seed: int
    fit: Fit


SOUND = "seed: 1\nfit:\n  rate: 0.1\n  epochs: 3\n  name: pmf\n"


def read(folder, text):
    path = folder / "params.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_params(Params, path)


@pytest.mark.parametrize("text", ["\ufeff" + SOUND, SOUND.replace("\n", "\r\n")])
def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path, text):
    assert read(tmp_path, text).fit.epochs == 3


def test_a_date_is_text(tmp_path):
    assert read(tmp_path, SOUND.replace("pmf", "2014-07-01")).fit.name == "2014-07-01"


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("0.1", ".nan", r"fit\.rate: Input should be a finite number"),
        ("0.1", ".inf", r"fit\.rate: Input should be a finite number"),
        ("epochs: 3", "epochs: .inf", r"fit\.epochs: "),
        ("epochs: 3", f"epochs: {10**30}", r"fit\.epochs: at most 2147483647 either side of 0 wanted"),
        ("epochs: 3", f"epochs: {'9' * 4000}", r"fit\.epochs: .*found one of more than 80 digits"),
        ("epochs: 3", f"epochs: {'9' * 5000}", "not readable as YAML"),
        (
            "epochs: 3",
            "epochs: 3\n  epochs: 4",
            r'not readable as YAML: line 5: found duplicate key "epochs"',
        ),
        ("seed: 1", "seed: 1\nseed: 2", r'not readable as YAML: line 2: found duplicate key "seed"'),
        ("seed: 1", "1: seed", "expected names as keys, found 1"),
        ("seed: 1", "? [seed]\n: 1", r"expected names as keys, found \('seed',\)"),
        ("epochs: 3", "3: epochs", r"fit: the key 3 is no text"),
        ("name: pmf", "name: !!binary cG1m", r"fit\.name: text, a number.*found b'pmf'"),
        ("name: pmf", "name: !!int pmf", "not readable as YAML"),
        ("name: pmf", "name: " + "[" * 5000, "nested too deeply"),
        ("name: pmf", "name: " + "[" * 30 + "]" * 30, "nested deeper than 20"),
        ("name: pmf", "name: &a [*a]", "nested deeper than 20"),
        ("name: pmf", "name: \x00", "not readable as YAML"),
        ("name: pmf", f"name: {list(range(100))}", r"found \[0, 1, 2.{40,80}\.\.\.\)"),
    ],
)
def test_what_no_parameter_can_be(tmp_path, was, becomes, message):
    with pytest.raises(ParamsError, match=message) as caught:
        read(tmp_path, SOUND.replace(was, becomes))
    assert str(tmp_path / "params.yaml") in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_references_that_unfold_without_end(tmp_path):
    rows = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ParamsError, match="more than 10000 values"):
        read(tmp_path, "\n".join(rows) + "\n" + SOUND.replace("pmf", "*a11"))


def test_odd_values_and_the_others_are_told_at_once(tmp_path):
    text = SOUND.replace("epochs: 3", f"epochs: {10**12}").replace("0.1", "fast") + "  extra: 1\n"
    with pytest.raises(ParamsError, match="3 fault") as caught:
        read(tmp_path, text)
    assert sorted(line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]) == [
        "fit.epochs",
        "fit.extra",
        "fit.rate",
    ]


def test_a_folder_in_place_of_the_file(tmp_path):
    with pytest.raises(OSError, match=str(tmp_path)):
        load_yaml(tmp_path)
