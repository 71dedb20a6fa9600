import os
import signal
import subprocess
import sys

import pytest

from pipeline.runtime.engines import local
from pipeline.runtime.engines.local import ordered_map, worker_count
from tools.closure import ROOT


def test_zero_takes_the_cores_but_no_more_than_the_rows_are_worth(monkeypatch):
    monkeypatch.setattr(local, "_cores", lambda: 8)
    assert worker_count(0, 0) == 1
    assert worker_count(0, 4096) == 1
    assert worker_count(0, 4097) == 2
    assert worker_count(0, 10**9) == 8
    assert worker_count(3, 1) == 3


def test_there_is_a_core():
    assert local._cores() >= 1


@pytest.mark.parametrize("number", [1, 2])
def test_keeps_the_order_and_reads_little_ahead(number):
    read = []

    def items():
        for i in range(-12, 0):
            read.append(i)
            yield i

    results = ordered_map(abs, items(), number)
    assert next(results) == 12
    assert len(read) <= 2 * number
    assert list(results) == list(range(11, 0, -1))


def test_an_error_in_a_worker_comes_out():
    with pytest.raises(ValueError, match="invalid literal"):
        list(ordered_map(int, ["1", "x", *"2345678"], 2))


def test_a_killed_worker_is_a_clear_error():
    with pytest.raises(ChildProcessError, match="one of 2 worker processes was killed, perhaps for want of"):
        list(ordered_map(os._exit, [9] * 8, 2))


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL of POSIX")
def test_workers_end_when_their_parent_is_killed():
    code = (
        "import os\nfrom pipeline.runtime.engines.local import ordered_map\n"
        "if __name__ == '__main__':\n"
        "    pids = ordered_map(os.getpgid, [0] * 20, 2)\n"
        "    next(pids)\n"
        "    import multiprocessing, signal\n"
        "    print(*[child.pid for child in multiprocessing.active_children()], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # The workers inherit stdout: it ends when the last of them has ended, or the timeout fails the test.
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert len(run.stdout.split()) >= 2, run.stderr
