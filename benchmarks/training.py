"""Training beside transformers alone: `python -m benchmarks.training --json`.

Ours is the pipeline's own step, data work included. Beside it, in turns, is what a good engineer writes with
transformers alone: T5's forward and backward pass and fused AdamW in fp32, on the same batches, already made
and padded to their longest. Dropout is the same on both sides. The ratio of median speeds is the result. A
third side is the plain one with our one line of memory settings, which alone make much of the difference.
Model FLOPs are three forward passes over the real tokens (`flops`).
"""

import multiprocessing
import statistics
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from transformers import T5Config

from benchmarks.flops import decoder_flops, encoder_flops
from benchmarks.peak import matrix_peak
from benchmarks.precision import Precision
from benchmarks.report import machine, printed
from benchmarks.shapes import PROMPTS, config_of
from benchmarks.training_sides import KEEPING, OURS, PLAIN, Setting, Turn, mixture_of, serve
from pipeline.prompts.batches import IGNORED, Batch
from pipeline.runtime.errors import clear_errors
from pipeline.tasks.base import Task
from pipeline.tasks.registry import PEAPOD

# Steps of each task before the clock counts: the first of a shape finds its memory.
_WARM_UP = 2


@clear_errors
def main(
    shape: Annotated[str, typer.Option(help="d128, t5-small or a checkpoint folder")] = "d128",
    data: Annotated[Path, typer.Option(help="a P5 folder")] = Path("../shared/data/p5/beauty"),
    precision: Annotated[Precision, typer.Option(help="ours; transformers' is fp32")] = Precision.BF16,
    batch: Annotated[int, typer.Option(min=1, help="samples a batch")] = 64,
    steps: Annotated[int, typer.Option(min=1, help="measured steps a task")] = 4,
    dropout: Annotated[float, typer.Option(min=0, max=0.9, help="on both sides; T5's is 0.1")] = 0.1,
    chunk: Annotated[int, typer.Option(min=0, help="samples transformers takes at a time; 0: all")] = 0,
    plain: Annotated[bool, typer.Option(help="measure transformers too")] = True,
    json_only: Annotated[bool, typer.Option("--json", help="one JSON object and nothing else")] = False,
) -> None:
    """Print samples a second, tokens a second, memory, FLOPs, and the ratio of ours to transformers'."""
    setting = Setting(shape, data, precision.value, batch, dropout, chunk or batch)
    mixture, _ = mixture_of(setting)
    sides = (OURS, PLAIN, KEEPING) if plain else (OURS,)
    count = len(PEAPOD) * (_WARM_UP + steps)
    turns = _turns(sides, setting, count)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.bfloat16 if precision is Precision.BF16 else torch.float32
    peak = matrix_peak(dtype, device)
    config = config_of(shape)
    batches = {index: mixture[index] for index in range(len(PEAPOD) * _WARM_UP, count)}
    result: dict[str, Any] = {
        "benchmark": "training",
        "machine": machine(),
        "threads": torch.get_num_threads(),
        "device": str(device),
        "shape": shape,
        "precision": precision.value,
        "batch": batch,
        "dropout": dropout,
        "transformers_chunk": setting.chunk,
        "matrix_peak_gflops": round(peak, 1),
        "tasks": {str(task): _row(config, turns, batches, peak, [task]) for task in PEAPOD},
        "cycle": _row(config, turns, batches, peak, PEAPOD),
    }
    printed(result, _text(result), json_only)


def _turns(sides: tuple[str, ...], setting: Setting, count: int) -> dict[str, list[Turn]]:
    """Let the sides take each step in turns, each in a process of its own."""
    context = multiprocessing.get_context("spawn")
    connections: dict[str, Connection] = {}
    processes = []
    for side in sides:
        connections[side], far = context.Pipe()
        processes.append(context.Process(target=serve, args=(far, side, setting), daemon=True))
        processes[-1].start()
        far.close()
    turns: dict[str, list[Turn]] = {side: [] for side in sides}
    for index in range(count):
        for side, connection in connections.items():
            connection.send(index)
            try:
                turns[side].append(connection.recv())
            except EOFError:
                raise ValueError(f"{side} ended at step {index}; out of memory? try --chunk") from None
    for connection, process in zip(connections.values(), processes, strict=True):
        connection.send(None)
        process.join()
    return turns


def _row(
    config: T5Config,
    turns: dict[str, list[Turn]],
    batches: dict[int, Batch],
    peak: float,
    tasks: Sequence[Task],
) -> dict[str, Any]:
    """Figures of one task, or of a cycle of three: of each task the median step."""
    chosen = {task: [index for index, batch in batches.items() if batch.task is task] for task in tasks}
    firsts = [batches[indices[0]] for indices in chosen.values()]
    row: dict[str, Any] = {
        "input_tokens_mean": round(
            statistics.mean(float(one.mask.sum(1).float().mean()) for one in firsts), 1
        ),
        "input_tokens_padded": [one.tokens.shape[1] for one in firsts],
    }
    for side, taken in turns.items():
        seconds = sum(
            statistics.median(taken[index].seconds for index in indices) for indices in chosen.values()
        )
        achieved = sum(_flops(config, one) for one in firsts) / seconds / 1e9
        row[side] = {
            "samples_per_second": round(sum(len(one) for one in firsts) / seconds, 2),
            "tokens_per_second": round(sum(map(_tokens, firsts)) / seconds, 1),
            "seconds": round(seconds, 3),
            "peak_memory_mib": round(max(turn.peak for turn in taken) / 2**20, 1),
            "gflops": round(achieved, 1),
            "share_of_matrix_peak": round(achieved / peak, 4),
            "steps_seconds": [
                round(taken[index].seconds, 3) for index in batches if batches[index].task in tasks
            ],
            "losses": [round(taken[index].loss, 3) for indices in chosen.values() for index in indices],
        }
    for name, side in (("ratio", PLAIN), ("ratio_keeping_memory", KEEPING)):
        if side in turns:
            row[name] = round(row[side]["seconds"] / row[OURS]["seconds"], 2)
    return row


def _tokens(batch: Batch) -> int:
    assert batch.labels is not None
    return int(batch.mask.sum()) + int((batch.labels != IGNORED).sum())


def _flops(config: T5Config, batch: Batch) -> int:
    """Three forward passes: backward, each product has two of its size."""
    assert batch.labels is not None
    prompts = PROMPTS.task_length + PROMPTS.length
    inputs = [length + prompts for length in batch.mask.sum(1).tolist()]
    targets = (batch.labels != IGNORED).sum(1).tolist()
    decoded = (decoder_flops(config, *pair) for pair in zip(inputs, [[one] for one in targets], strict=True))
    return 3 * (encoder_flops(config, inputs) + sum(decoded))


def _text(result: dict[str, Any]) -> str:
    head = ("machine", "shape", "precision", "dropout")
    lines = ["; ".join(f"{name} {result[name]}" for name in head)]
    for name, row in [*result["tasks"].items(), ("cycle of three", result["cycle"])]:
        ours = row[OURS]
        line = (
            f"{name}: {ours['samples_per_second']} samples/s, {ours['share_of_matrix_peak']:.1%} of the peak"
        )
        if "ratio" in row:
            theirs = row[PLAIN]["samples_per_second"]
            kept = row["ratio_keeping_memory"]
            line += f"; transformers {theirs} samples/s, ratio {row['ratio']} ({kept} with memory kept)"
        lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
