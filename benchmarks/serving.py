"""The service under load beside the predictor alone: `python -m benchmarks.serving MODEL [--json]`.

Clients ask for a list of ten, each the next user as soon as it has an answer. The predictor alone answers the
same users one at a time, and as many at once as the service does.
"""

import asyncio
import json
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

from benchmarks.report import machine, printed
from pipeline.serving import Predictor
from pipeline.serving.app import Limits
from pipeline.serving.requests import Recommend
from stages.predictor import read_predictor

CLIENTS = (1, 8, 64)


def alone(predictor: Predictor, size: int, seconds: float) -> float:
    """Return users a second of the predictor, `size` at once."""
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
    """Return users a second, and percentiles of the time to an answer, in milliseconds."""

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
        "users_a_second": len(took) / (time.perf_counter() - begin),
        "p50_ms": middle,
        "p99_ms": late,
    }


def memory(process: int) -> int:
    """Return the resident memory of a process, bytes."""
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0]) * 1024


def rendered(result: dict[str, Any]) -> str:
    """Return the figures as a table."""
    best = result["alone_together"]
    one = result["alone_one"]
    lines = [
        "| who asks | users a second | of the predictor's best | p50, ms | p99, ms |",
        "| --- | ---: | ---: | ---: | ---: |",
        f"| predictor alone, one at a time | {one:.0f} | {one / best:.2f} | | |",
        f"| predictor alone, {result['batch']} at once | {best:.0f} | 1.00 | | |",
    ]
    for row in result["service"]:
        rate = row["users_a_second"]
        lines.append(
            f"| service, {row['clients']} client(s) | {rate:.0f} | {rate / best:.2f} | {row['p50_ms']:.1f} "
            f"| {row['p99_ms']:.1f} |"
        )
    before, after = (round(value / 2**20) for value in result["memory_bytes"])
    return "\n".join([*lines, "", f"Memory of the service: {before} MiB before, {after} MiB after."])


def main(
    model: Path,
    seconds: Annotated[float, typer.Option(help="Of each measurement.")] = 10.0,
    soak: Annotated[float, typer.Option(help="Seconds of 8 clients between the two looks at memory.")] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON in place of a table.")] = False,
) -> None:
    """Measure MODEL, a folder that stage `train` wrote."""
    predictor = read_predictor(model)
    users = predictor.people.user_ids
    result: dict[str, Any] = {
        "machine": machine(),
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
            before = memory(service.pid)
            result["service"] = [under_load(port, users, clients, seconds) for clients in CLIENTS]
            if soak:
                under_load(port, users, 8, soak)
            result["memory_bytes"] = [before, memory(service.pid)]
        finally:
            service.terminate()
    printed(result, rendered(result), as_json)


if __name__ == "__main__":
    typer.run(main)
