"""What every engine holds to; ray on a made-up Ray here, on a cluster in test_ray."""

import socket
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.base import Engine
from pipeline.runtime.engines.local import LocalEngine
from pipeline.runtime.engines.ray import RayEngine
from pipeline.runtime.engines.start import ENGINES, start_engine
from tests.runtime.engines.contract import faults_come_out_as_they_are
from tests.runtime.engines.tasks import failing, negative


class TaskError(Exception):
    def __init__(self, cause: Exception) -> None:
        self.cause = cause


class KilledError(Exception):
    pass


class FakeRay:
    """What the engine uses of Ray, in this process; `under_way` are the tasks begun and not asked for."""

    exceptions = SimpleNamespace(
        RayTaskError=TaskError,
        WorkerCrashedError=KilledError,
        OutOfMemoryError=KilledError,
        NodeDiedError=KilledError,
    )

    def __init__(self) -> None:
        self.under_way = self.most = self.puts = 0
        self.options: dict[str, int] = {}
        self.cancelled: list[object] = []

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0}

    def put(self, thing):
        self.puts += 1
        return thing

    def remote(self, call):
        def begin(*arguments):
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            return call, arguments

        def options(**given):
            self.options = given
            return SimpleNamespace(remote=begin)

        return SimpleNamespace(options=options)

    def get(self, reference):
        self.under_way -= 1
        call, arguments = reference
        try:
            return call(*arguments)
        except ChildProcessError as error:
            raise KilledError from error
        except Exception as error:
            raise TaskError(error) from error

    def cancel(self, reference) -> None:
        self.cancelled.append(reference)


def ended(_: int) -> None:
    raise ChildProcessError


@pytest.fixture(params=["here", "processes", "ray"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return {"here": LocalEngine(), "processes": LocalEngine(2), "ray": RayEngine(FakeRay(), 0)}[request.param]


def test_every_engine_of_the_parameters_is_there():
    assert set(ENGINES) == set(RuntimeConfig.model_fields["engine"].annotation.__args__)


def test_results_come_in_the_order_of_the_shards_of_which_few_are_read_ahead(engine):
    read: list[int] = []

    def shards() -> Iterator[int]:
        for number in range(40):
            read.append(number)
            yield number

    results = engine.map(negative, shards())
    assert next(results) == 0
    assert len(read) <= 4
    assert list(results) == [-number for number in range(1, 40)]


def test_nothing_gives_nothing(engine):
    assert list(engine.map(negative, [])) == []


def test_what_a_task_raises_comes_out_as_it_is(engine):
    faults_come_out_as_they_are(engine)


def test_only_one_worker_sees_what_this_process_has_loaded():
    assert LocalEngine().here
    assert not LocalEngine(2).here
    assert not RayEngine(FakeRay(), 0).here


def test_ray_has_the_function_once_and_gives_up_what_nobody_waits_for():
    ray = FakeRay()
    with pytest.raises(ValueError, match="shard 3"):
        list(RayEngine(ray, 1).map(failing, range(20)))
    assert ray.puts == 1
    assert ray.most == 4
    assert len(ray.cancelled) == ray.under_way == 3
    assert ray.options == {"num_cpus": 1, "num_gpus": 1, "max_retries": 3}


def test_a_task_whose_workers_all_die_is_a_clear_error():
    with pytest.raises(ChildProcessError, match="a Ray worker was killed 4 times at the same task"):
        list(RayEngine(FakeRay(), 0).map(ended, [1]))


def test_without_ray_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ValueError, match=r"runtime.engine is ray.*pip install -r requirements.txt"):
        start_engine(RuntimeConfig(engine="ray")).__enter__()


def test_an_address_where_nobody_answers_is_a_clear_error(monkeypatch):
    def init(**named: object) -> None:
        raise ConnectionError(f"nobody at {named['address']}")

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(init=init))
    with pytest.raises(ValueError, match=r"ray_address is auto: no cluster answers \(nobody at auto\)"):
        start_engine(RuntimeConfig(engine="ray", ray_address="auto")).__enter__()


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_a_port_where_nobody_listens_is_a_clear_error_before_ray_waits(monkeypatch, form: str):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = form.format(server.getsockname()[1])
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace())
    with pytest.raises(ValueError, match=rf"ray_address is {address}: no cluster answers \(.*refused"):
        start_engine(RuntimeConfig(engine="ray", ray_address=address)).__enter__()


def test_a_machine_that_does_not_answer_is_waited_for_so_long(monkeypatch):
    def silent(_: tuple[str, int], timeout: float) -> None:
        raise TimeoutError(f"timed out after {timeout:g} s")

    monkeypatch.setattr(socket, "create_connection", silent)
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace())
    with pytest.raises(ValueError, match=r"no cluster answers \(timed out after 10 s\)"):
        start_engine(RuntimeConfig(engine="ray", ray_address="192.0.2.1:6379")).__enter__()


def test_an_address_wants_engine_ray():
    with pytest.raises(
        ValueError, match=r"ray_address \(auto\) is of engine ray; engine is local: set it to ray"
    ):
        RuntimeConfig(ray_address="auto")


def test_processes_are_those_of_ray_where_it_is_the_engine():
    config = RuntimeConfig(engine="ray", processes=3)
    assert config.of_engine.launcher == "none"
    task = config.of_task("cpu")
    assert (task.device, task.threads, task.processes, task.engine) == ("cpu", 1, 1, "local")
    with_torchrun = RuntimeConfig(processes=3, launcher="torchrun")
    assert with_torchrun.of_engine == with_torchrun
    with pytest.raises(ValueError, match="launcher none starts one"):
        RuntimeConfig(processes=3)
