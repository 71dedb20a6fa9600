import gzip
import os
import pickle
from collections import OrderedDict, defaultdict
from pathlib import Path

import numpy as np
import pytest

from pipeline.data.records import DatasetError
from pipeline.data.restricted_pickle import load_plain

RECORD = {"user": "1", "n": 3, "x": 2.5, "none": None, "t": (1, True)}
PLAIN = {"train": [RECORD], "s": {1, 2}, "f": frozenset("x")}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_plain_data_comes_back(tmp_path, protocol, pack):
    path = tmp_path / "a.pkl"
    value = {**PLAIN, "o": OrderedDict(a=1), "d": defaultdict(list, a=[1])}
    path.write_bytes(pack(pickle.dumps(value, protocol)))
    assert load_plain(path) == value


class Malicious:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("function", [os.system, eval, exec, Path.touch, getattr, __import__])
def test_a_malicious_pickle_is_refused_and_not_run(tmp_path, protocol, function):
    victim = tmp_path / "victim"
    path = tmp_path / "bad.pkl"
    argument = victim if function is Path.touch else f"open({str(victim)!r}, 'w')"
    path.write_bytes(pickle.dumps({"train": [Malicious(function, argument)]}, protocol))
    with pytest.raises(DatasetError, match=r"bad\.pkl: not a pickle of plain data: it names "):
        load_plain(path)
    assert not victim.exists()


@pytest.mark.parametrize("value", [np.float64(1.0), np.zeros(2), Path("x"), complex(1, 2)])
def test_other_classes_are_refused(tmp_path, value):
    path = tmp_path / "other.pkl"
    path.write_bytes(pickle.dumps([value]))
    with pytest.raises(DatasetError, match="it names"):
        load_plain(path)


def test_stacked_names_do_not_reach_inside_an_admitted_module(tmp_path):
    path = tmp_path / "dotted.pkl"
    name = b"OrderedDict.__init__.__globals__"
    path.write_bytes(b"\x80\x04\x8c\x0bcollections\x8c" + bytes([len(name)]) + name + b"\x93.")
    with pytest.raises(DatasetError, match="it names"):
        load_plain(path)


@pytest.mark.parametrize("content", [b"", b"not a pickle", pickle.dumps([1, 2, 3])[:-4]])
def test_damage_is_named(tmp_path, content):
    path = tmp_path / "cut.pkl"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"cut\.pkl: not a pickle"):
        load_plain(path)
