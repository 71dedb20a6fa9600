"""Engine ray on a cluster of two workers; some 20 s for its starts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.base import Engine
from pipeline.runtime.engines.start import start_engine
from tests.runtime.engines.clusters import STARTED, cluster
from tests.runtime.engines.contract import faults_come_out_as_they_are
from tests.runtime.engines.tasks import (
    killed_always,
    killed_once,
    negative,
    worker,
)
from tools.closure import ROOT

pytestmark = [
    pytest.mark.slow,
    # Ray's own threads and sockets.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with cluster() as found:
        yield found


@pytest.fixture(scope="module")
def engine(address: str) -> Iterator[Engine]:
    before = signal.getsignal(signal.SIGTERM)
    with start_engine(RuntimeConfig(engine="ray", ray_address=address)) as started:
        assert signal.getsignal(signal.SIGTERM) is before
        yield started
    assert signal.getsignal(signal.SIGTERM) is before


def test_results_come_in_order_from_workers_with_a_thread_each(engine):
    assert list(engine.map(negative, range(50))) == [-number for number in range(50)]
    found = list(engine.map(worker, range(20)))
    assert len({process for process, _ in found}) == 2
    assert {threads for _, threads in found} == {"1"}


def test_what_a_task_raises_comes_out_as_it_is(engine):
    faults_come_out_as_they_are(engine)


def test_the_task_of_a_killed_worker_runs_again(engine, tmp_path: Path):
    assert list(engine.map(partial(killed_once, tmp_path), range(9))) == [number**2 for number in range(9)]
    assert [mark.name for mark in tmp_path.iterdir()] == ["5"]


def test_a_task_that_kills_every_worker_is_a_clear_error(engine):
    with pytest.raises(ChildProcessError, match="a Ray worker was killed 4 times at the same task"):
        list(engine.map(killed_always, range(4)))


def test_nothing_is_reported_to_anybody(engine):
    from ray._common.usage.usage_lib import usage_stats_enabled

    assert not usage_stats_enabled()


def test_a_killed_run_leaves_no_process_behind():
    code = STARTED.replace("sys.stdin.read()", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    # Ray's processes inherit stdout: it ends when the last of them has ended, or the timeout fails the test.
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=120)
    assert run.returncode == -signal.SIGKILL
    assert b":" in run.stdout, run.stderr


def test_nobody_without_the_token_gets_in(address):
    code = (
        "from pipeline.runtime.config import RuntimeConfig\n"
        "from pipeline.runtime.engines.start import start_engine\n"
        f"start_engine(RuntimeConfig(engine='ray', ray_address={address!r})).__enter__()\n"
    )
    wrong = os.environ | {"RAY_AUTH_TOKEN": "0" * 64, "RAY_gcs_rpc_server_connect_timeout_s": "2"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=wrong, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 1
    assert "InvalidAuthToken" in run.stderr
