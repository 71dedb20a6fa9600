"""Serve a trained model on this machine: `python -m stages.serve [FOLDER] [--host NAME] [--port N]`."""

import os
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from pipeline.runtime.errors import clear_errors
from pipeline.runtime.logs import log_to_stderr
from pipeline.serving.app import Limits, create_app
from stages.predictor import read_predictor

TOKEN = "PEAPOD_TOKEN"
_LOCAL = ("127.0.0.1", "localhost", "::1")


@clear_errors
def main(
    root: Annotated[Path, typer.Argument(help="The workspace, or a copy of its models/peapod.")] = Path(),
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0: all of them.")] = _LOCAL[0],
    port: Annotated[int, typer.Option(help="0: any that is free.")] = 8000,
    batch: Annotated[int, typer.Option(min=1, help="Most questions answered at once.")] = Limits.batch,
    waiting: Annotated[int, typer.Option(min=1, help="Most questions that wait.")] = Limits.waiting,
    seconds: Annotated[float, typer.Option(min=0.1, help="Longest wait for an answer.")] = Limits.seconds,
) -> None:
    """Answer over HTTP until stopped (Ctrl+C, SIGTERM): a page at /, JSON for programs at /openapi.json.

    Where the environment variable PEAPOD_TOKEN is set, requests have to bring it.
    """
    log_to_stderr()
    token = os.environ.get(TOKEN, "")
    local = host in _LOCAL
    if not local and not token:
        raise ValueError(
            f"--host {host} lets other machines ask, and a model knows its users: set {TOKEN} to a long "
            f"random text that callers then send (Authorization: Bearer ...), or leave --host out"
        )
    with listen(host, port) as listening:
        limits = Limits(batch, waiting, seconds)
        hosts = (*_LOCAL, "[::1]") if local else ("*",)
        app = create_app(read_predictor(root), limits, token, hosts)
        name = f"[{host}]" if ":" in host else host
        typer.echo(f"serving at http://{name}:{listening.getsockname()[1]}/ (Ctrl+C stops)")
        # Its own log of requests would have what callers write into addresses.
        config = uvicorn.Config(
            app, access_log=False, log_level="warning", timeout_graceful_shutdown=int(seconds) + 1
        )
        uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, and whose connections send what they have at once.

    asyncio has sockets of its own do so, not those that it is handed; an answer of two writes would wait for
    the caller's acknowledgement of the first, which callers hold back for 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


if __name__ == "__main__":
    typer.run(main)
