"""The service as a process: who may ask, how it ends, what it logs, and how it stands kills under load."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from benchmarks.serving import memory, under_load
from stages.predictor import read_predictor
from tests.serving.service import Service, serving

pytestmark = pytest.mark.slow

USER = "SYN-U-0001"
GROWTH = 4.0
"""MiB."""


@pytest.fixture
def bundle(trained: Path) -> Path:
    return trained / "models/peapod"


def test_a_folder_is_served_until_it_is_told_to_stop(bundle: Path) -> None:
    with serving(bundle) as service:
        found = service.post("/recommend", user=USER, top=3)
        assert found.status_code == 200
        wanted = read_predictor(bundle).recommend(USER, top=3)
        listed = found.json()["recommendations"]
        assert [one["item"] for one in listed] == [one.item for one in wanted]
        assert [one["score"] for one in listed] == pytest.approx([one.score for one in wanted], abs=1e-4)
        assert service.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert [line.rsplit(" ", 2)[0] for line in service.lines] == ["POST /recommend 200"]


def test_ctrl_c_ends_without_a_traceback(bundle: Path) -> None:
    with serving(bundle) as service:
        assert service.end(signal.SIGINT) == 128 + signal.SIGINT
    assert service.lines == []


async def asked(service: Service, count: int) -> list[int | str]:
    """The statuses of requests that are sent together, or the names of their errors."""

    async def one(client: httpx.AsyncClient, number: int) -> int | str:
        body = {"user": f"SYN-U-{number % 50 + 1:04}", "top": 5}
        try:
            return (await client.post(f"{service.address}/recommend", json=body)).status_code
        except httpx.TransportError as error:
            return type(error).__name__

    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        return list(await asyncio.gather(*[one(client, number) for number in range(count)]))


def test_what_was_accepted_is_answered_before_the_end(bundle: Path) -> None:
    """SIGTERM in the middle of many requests: nobody gets half an answer or status 500."""

    async def both(service: Service) -> list[int | str]:
        asking = asyncio.create_task(asked(service, 60))
        await asyncio.to_thread(wait_for_batches, service)
        service.process.send_signal(signal.SIGTERM)
        return await asking

    with serving(bundle) as service:
        statuses = asyncio.run(both(service))
        assert service.process.wait(60) == 128 + signal.SIGTERM
    assert 200 in statuses
    # Those who came after the end find nobody there.
    assert set(statuses) <= {200, "ConnectError", "ReadError", "RemoteProtocolError"}
    lines = [line for line in service.lines if "/metrics" not in line]
    assert statuses.count(200) == sum("POST /recommend 200" in line for line in lines) == len(lines)


def wait_for_batches(service: Service) -> None:
    """Return when some questions have been answered."""
    while "peapod_batch_size_count 0.0" in httpx.get(f"{service.address}/metrics", timeout=60).text:
        pass


def test_more_than_may_wait_are_refused_at_once_and_the_service_goes_on(bundle: Path) -> None:
    with serving(bundle, "--waiting", "4", "--batch", "1") as service:
        statuses = asyncio.run(asked(service, 80))
        assert set(statuses) == {200, 503}
        assert service.post("/recommend", user=USER).status_code == 200
        told = httpx.get(f"{service.address}/metrics").text
        assert f'peapod_requests_total{{path="/recommend",status="503"}} {statuses.count(503):.1f}' in told


def test_killed_under_load_and_started_anew_it_answers_as_before(bundle: Path) -> None:
    with serving(bundle) as service:
        before = service.post("/recommend", user=USER).json()

        async def both() -> list[int | str]:
            asking = asyncio.create_task(asked(service, 60))
            await asyncio.to_thread(wait_for_batches, service)
            service.process.kill()
            return await asking

        statuses = asyncio.run(both())
        assert set(statuses) <= {200, "ConnectError", "ReadError", "RemoteProtocolError"}
    with serving(bundle) as service:
        assert service.post("/recommend", user=USER).json() == before


def test_a_token_of_the_environment_is_wanted(bundle: Path) -> None:
    with serving(bundle, PEAPOD_TOKEN="secret") as service:
        assert service.post("/recommend", user=USER).status_code == 401
        head = {"Authorization": "Bearer secret"}
        found = httpx.post(f"{service.address}/recommend", json={"user": USER}, headers=head, timeout=60)
        assert found.status_code == 200


def test_other_machines_are_served_with_a_token_alone(bundle: Path) -> None:
    with pytest.raises(RuntimeError, match=r"error: --host 0.0.0.0 lets other machines ask.*PEAPOD_TOKEN"):
        with serving(bundle, "--host", "0.0.0.0"):
            pass
    with serving(bundle, "--host", "0.0.0.0", PEAPOD_TOKEN="secret") as service:
        port = service.address.rsplit(":", 1)[1]
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200


def test_by_default_it_is_called_by_names_of_this_machine_alone(bundle: Path) -> None:
    with serving(bundle) as service:
        assert service.address.startswith("http://127.0.0.1:")
        refused = httpx.get(f"{service.address}/health", headers={"Host": "elsewhere.example"})
        assert refused.status_code == 400


def test_a_port_that_is_taken_and_a_folder_without_a_model_are_one_line(bundle: Path, tmp_path: Path) -> None:
    with serving(bundle) as service:
        port = service.address.rsplit(":", 1)[1]
        with pytest.raises(RuntimeError, match=r"^error: .*[Aa]ddress already in use.*\n$"):
            with serving(bundle, "--port", port):
                pass
    with pytest.raises(RuntimeError, match=r"^error: .*no trained model; make repro.*\n$"):
        with serving(tmp_path):
            pass


def test_a_short_soak_does_not_grow(bundle: Path) -> None:
    """What a request leaves behind adds up: 1,200 of them with 5 KiB each would be more than is allowed."""
    with serving(bundle) as service:
        port = int(service.address.rsplit(":", 1)[1])
        users = read_predictor(bundle).people.user_ids
        # The largest batches take their memory first, and keep it.
        answered(port, users, 64, 600)
        answered(port, users, 8, 200)
        before = memory(service.process.pid)
        answered(port, users, 8, 1200)
        grown = memory(service.process.pid) - before
    assert grown < GROWTH, f"{grown:.1f} MiB more after 1,200 requests"


def answered(port: int, users: Sequence[str], clients: int, wanted: int) -> None:
    """Return when so many requests have been answered."""
    found = 0
    while found < wanted:
        found += round(under_load(port, users, clients, 2.0)["users_per_second"] * 2)
