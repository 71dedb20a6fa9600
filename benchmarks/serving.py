"""The service under load beside the predictor alone: `python -m benchmarks.serving MODEL [--json]`.

Clients ask for a list of ten, each the next user as soon as it has an answer. The predictor alone answers the
same users one at a time, and as many at once as the service does. `--markdown PAGE` writes the figures into a
page, between its marks.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from benchmarks.extraction_tables import table, write
from benchmarks.report import command_line, machine, printed
from pipeline.serving import Predictor
from pipeline.serving.app import Limits
from pipeline.serving.requests import Recommend
from stages.predictor import read_predictor

CLIENTS = (1, 8, 64)


def alone(predictor: Predictor, size: int, seconds: float) -> float:
    """Return users per second of the predictor, `size` at once."""
    users = predictor.people.user_ids
    predictor.answer([Recommend(user) for user in users[:size]])
    answered = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        predictor.answer([Recommend(users[(answered + one) % len(users)]) for one in range(size)])
        answered += size
    return answered / (time.perf_counter() - begin)


async def _client(
    port: int, users: Sequence[str], turns: "count[int]", end: float, took: list[float]
) -> None:
    """Ask over one connection until `end`, and note how long each answer took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        body = json.dumps({"user": users[next(turns) % len(users)]}).encode()
        begin = time.perf_counter()
        writer.write(
            b"POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise ValueError(f"an answer began with {head[:60]!r}; status 200 wanted")
        await reader.readexactly(int(length[1]))
        took.append(time.perf_counter() - begin)
    writer.close()


def under_load(port: int, users: Sequence[str], clients: int, seconds: float) -> dict[str, Any]:
    """Return users per second, and percentiles of the time to an answer, in milliseconds."""

    async def all_of_them() -> list[float]:
        took: list[float] = []
        turns = count()
        end = time.perf_counter() + seconds
        await asyncio.gather(*[_client(port, users, turns, end, took) for _ in range(clients)])
        return took

    begin = time.perf_counter()
    took = asyncio.run(all_of_them())
    middle, late = (1000 * float(np.percentile(took, share)) for share in (50, 99))
    return {
        "clients": clients,
        "users_per_second": len(took) / (time.perf_counter() - begin),
        "p50_ms": middle,
        "p99_ms": late,
    }


def memory(process: int) -> float:
    """Return the resident memory of a process, MiB."""
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def soaked(port: int, process: int, users: Sequence[str], seconds: float, looks: int) -> list[dict[str, Any]]:
    """Return the memory of a service over time, after `looks` equal parts of `seconds` with 8 clients."""
    answered = 0
    found = [{"seconds": 0.0, "answered": answered, "memory_MiB": memory(process)}]
    for look in range(1, looks + 1):
        rate = under_load(port, users, 8, seconds / looks)["users_per_second"]
        answered += round(rate * seconds / looks)
        found.append({"seconds": seconds * look / looks, "answered": answered, "memory_MiB": memory(process)})
    return found


def sections(result: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return titled tables of the figures."""
    best = result["alone_together"]
    batch = result["batch"]
    rows = [
        _row("predictor alone, one at a time", result["alone_one"], best),
        _row(f"predictor alone, {batch} at once", best, best),
    ]
    for row in result["service"]:
        name = f"service, {row['clients']} client{'s' * (row['clients'] > 1)}"
        rows.append(_row(name, row["users_per_second"], best, row["p50_ms"], row["p99_ms"]))
    shown = [(f"{result['machine']}; load average before: {result['load_before']:.1f}", rows)]
    if result["memory"]:
        shown.append(("Memory of the service under 8 clients", result["memory"]))
    return shown


def _row(
    name: str, rate: float, best: float, middle: float | None = None, late: float | None = None
) -> dict[str, Any]:
    return {
        "who_asks": name,
        "users_per_second": rate,
        "of_the_predictor's_best": rate / best,
        "p50,_ms": middle,
        "p99,_ms": late,
    }


def measured(model: Path, seconds: float, soak: float, looks: int) -> dict[str, Any]:
    """Return the figures of a folder that stage `train` wrote."""
    load = os.getloadavg()[0]
    predictor = read_predictor(model)
    users = predictor.people.user_ids
    result: dict[str, Any] = {
        "machine": machine(),
        "load_before": load,
        "batch": Limits.batch,
        "alone_one": alone(predictor, 1, seconds),
        "alone_together": alone(predictor, Limits.batch, seconds),
    }
    command = [sys.executable, "-u", "-m", "stages.serve", str(model), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as service:
        try:
            assert service.stdout is not None
            port = int(service.stdout.readline().split(":")[2].split("/")[0])
            under_load(port, users, 8, 1.0)
            result["service"] = [under_load(port, users, clients, seconds) for clients in CLIENTS]
            result["memory"] = soaked(port, service.pid, users, soak, looks) if soak else []
        finally:
            service.terminate()
    return result


def main(
    model: Path,
    seconds: Annotated[float, typer.Option(help="Of each measurement.")] = 10.0,
    soak: Annotated[float, typer.Option(help="Seconds of 8 clients whose memory is looked at.")] = 0.0,
    looks: Annotated[int, typer.Option(min=1, help="How often.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="JSON in place of a table.")] = False,
    markdown: Annotated[Path | None, typer.Option(help="A page whose marked part gets the tables.")] = None,
) -> None:
    """Measure MODEL, a folder that stage `train` wrote."""
    result = measured(model, seconds, soak, looks)
    shown = sections(result)
    if markdown is not None:
        write(markdown, command_line(["python", *sys.orig_argv[1:]]), shown)
    printed(result, "\n\n".join(f"{title}\n{table(rows)}" for title, rows in shown), as_json)


if __name__ == "__main__":
    typer.run(main)
