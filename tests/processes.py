"""Run a function in two processes that share a run, as torchrun would start them, and collect the results."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import multiprocessing

from pipeline.runtime.distributed import Processes, join


def together(work: Callable[..., Any], folder: Path, *arguments: Any, count: int = 2) -> list[Any]:
    """Return what `work(processes, *arguments)` returned in each of `count` processes, by rank."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    multiprocessing.start_processes(
        _run, (count, port, work, folder, arguments), nprocs=count, start_method="spawn"
    )
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(count)]


def _run(rank: int, count: int, port: int, work: Callable[..., Any], folder: Path, arguments: tuple) -> None:
    places = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "MASTER_PORT": port}
    os.environ.update({name: str(value) for name, value in places.items()} | {"MASTER_ADDR": "127.0.0.1"})
    torch.set_num_threads(1)
    torch.save(work(join(torch.device("cpu")), *arguments), folder / f"{rank}.pt")


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `work` returns in a single process."""
    return work(Processes(), *arguments)
