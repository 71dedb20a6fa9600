import json
import mmap

import pytest
import torch

from benchmarks.peak import matrix_peak
from benchmarks.report import command_line, forget_peak, machine, peak_memory, printed


def test_the_machine_is_named():
    assert "cores" in machine()
    assert "torch 2" in machine()


def test_the_peak_counts_from_where_it_was_forgotten():
    # Not numpy's memory, which a process that keeps what is freed doesn't give back.
    block = mmap.mmap(-1, 64 * 2**20)
    block.write(b"1" * len(block))
    high = peak_memory()
    assert high >= len(block)
    block.close()
    forget_peak()
    assert peak_memory() < high - 32 * 2**20


def test_json_is_all_that_is_printed(capsys, monkeypatch):
    monkeypatch.setattr("sys.orig_argv", ["/bin/python3", "-m", "benchmarks.peak", "a b"])
    printed({"a": 1}, "text", json_only=True)
    assert json.loads(capsys.readouterr().out) == {"command": "python -m benchmarks.peak 'a b'", "a": 1}
    printed({"a": 1}, "text", json_only=False)
    assert capsys.readouterr().out == "text\n"


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("/data/p5/beauty", "PATH/TO/beauty"),
        ("/data/p5/beauty/", "PATH/TO/beauty"),
        ("--data=/data/p5/beauty", "--data=PATH/TO/beauty"),
        ("~/beauty", "PATH/TO/beauty"),
        ("C:\\data\\beauty", "PATH/TO/beauty"),
        ("../shared/beauty", "../shared/beauty"),
        ("--rounds=2", "--rounds=2"),
        ("a/b", "a/b"),
    ],
)
def test_a_command_names_no_place_of_this_machine(word, shown):
    assert command_line(["python", word]) == f"python {shown}"


def test_the_peak_is_a_rate(monkeypatch):
    monkeypatch.setattr("benchmarks.peak._SIZES", ((64, 64, 64),))
    monkeypatch.setattr("benchmarks.peak._SECONDS", 0.01)
    assert 0.01 < matrix_peak(torch.float32, torch.device("cpu")) < 1e6
