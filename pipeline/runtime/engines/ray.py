"""Tasks on a Ray cluster: one that is started here and ends with the run, or one that runs already."""

import os
import secrets
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.base import Engine

T = TypeVar("T")
R = TypeVar("R")

OBJECT_STORE = 256 * 2**20
"""Shared memory of a cluster started here, bytes: it holds the shards that are under way."""
PATIENCE = 10.0
"""Seconds within which a cluster has to take a connection."""
RETRIES = 3
"""Times that a task is run again when its worker dies."""


class RayEngine:
    """Maps over the workers of the cluster that this process is connected to.

    Attributes:
        here: False: workers are processes of their own.
    """

    here = False

    def __init__(self, ray: ModuleType, gpus: int) -> None:
        """Take the module, connected, and the GPUs that each task needs."""
        self._ray = ray
        self._task = ray.remote(_call).options(num_cpus=1, num_gpus=gpus, max_retries=RETRIES)
        self._ahead = 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))

    def map(self, function: Callable[[T], R], shards: Iterable[T]) -> Iterator[R]:
        """See Engine; a worker that dies is replaced, and its task run again, `RETRIES` times at most."""
        shared = self._ray.put(function)
        waiting: deque[Any] = deque()
        try:
            for shard in shards:
                waiting.append(self._task.remote(shared, shard))
                if len(waiting) >= self._ahead:
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            for reference in waiting:
                self._ray.cancel(reference)

    def _result(self, reference: Any) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(reference)
        except errors.RayTaskError as error:
            # What the task itself raised, without Ray's account of where.
            raise error.cause from None
        except (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.NodeDiedError):
            raise ChildProcessError(
                f"a Ray worker was killed {RETRIES + 1} times at the same task, perhaps for want of memory; "
                "take fewer (runtime.processes), or machines with more"
            ) from None


def _call(function: Callable[[T], R], shard: T) -> R:
    return function(shard)


@contextmanager
def start(config: RuntimeConfig, workers: int = 1, gpus: int = 0) -> Iterator[Engine]:
    """Connect to the cluster at `config.ray_address`, or start one of `config.processes` workers here.

    `workers` isn't used. Raises ValueError where Ray isn't installed or no cluster answers.
    """
    # No word of this leaves the machine.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if not config.ray_address and "RAY_AUTH_MODE" not in os.environ:
        # A cluster listens to the network: to nobody who hasn't this run's token. Else Ray keeps one at home.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    try:
        import ray
    except ImportError as error:
        raise ValueError(
            f"runtime.engine is ray, which can't be imported ({error}): pip install -r requirements.txt, or "
            "pip install 'ray>=2.60,<3'; or set runtime.engine to local"
        ) from None
    with _keeping_sigterm():
        _connect(ray, config)
    try:
        yield RayEngine(ray, gpus)
    finally:
        with _keeping_sigterm():
            ray.shutdown()


def _connect(ray: ModuleType, config: RuntimeConfig) -> None:
    # Workers import what this process would, with one thread each, as everything that runs side by side here.
    paths = os.pathsep.join(str(Path(place).resolve()) for place in sys.path)
    common = {
        "runtime_env": {"env_vars": {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}},
        "logging_level": "error",
        "log_to_driver": False,
    }
    if not config.ray_address:
        # "local": the environment's RAY_ADDRESS would go before no address.
        ray.init(
            address="local",
            num_cpus=config.processes,
            include_dashboard=False,
            object_store_memory=OBJECT_STORE,
            **common,
        )
        return
    try:
        _knock(config.ray_address)
        ray.init(address=config.ray_address, **common)
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(
            f"runtime.ray_address is {config.ray_address}: no cluster answers ({error}); start one by "
            "`ray start --head`, or leave the address empty to have one started here"
        ) from None


def _knock(address: str) -> None:
    """Raise OSError where nobody takes a connection at host:port in time: Ray itself tries on for minutes."""
    place = urlsplit(f"//{address.removeprefix('ray://')}")
    # auto has none.
    if place.hostname and place.port:
        socket.create_connection((place.hostname, place.port), PATIENCE).close()


@contextmanager
def _keeping_sigterm() -> Iterator[None]:
    """Keep this process's handler, which Ray replaces by one with another exit code."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
