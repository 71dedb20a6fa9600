"""Generation beside transformers' `generate`: `python -m benchmarks.generation --json`.

Both sides answer the same questions of a P5 folder with the same weights and settings, in turns, each in a
process of its own; the ratio of their median speeds is the result. Fresh weights cost what trained ones do.
Model FLOPs count each input once and each returned sequence as if it were decoded alone (`flops`).
"""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer

from benchmarks.flops import decoder_flops, encoder_flops
from benchmarks.generation_sides import BEAMS, LONGEST, Side, Sides, Turns, our_runtime
from benchmarks.peak import matrix_peak
from benchmarks.precision import Precision
from benchmarks.report import machine, printed
from benchmarks.shapes import t5_of
from pipeline.runtime.errors import clear_errors
from pipeline.tasks.base import Question


@clear_errors
def main(
    shape: Annotated[str, typer.Option(help="d128, t5-small or a checkpoint folder")] = "d128",
    data: Annotated[Path, typer.Option(help="a P5 folder")] = Path("../shared/data/p5/beauty"),
    precision: Annotated[Precision, typer.Option(help="ours")] = Precision.FP32,
    plain_precision: Annotated[Precision, typer.Option(help="transformers'")] = Precision.FP32,
    users: Annotated[int, typer.Option(min=1, help="questions a task")] = 128,
    rounds: Annotated[int, typer.Option(min=1, help="turns of ours and theirs")] = 3,
    batch_size: Annotated[int, typer.Option(min=1, help="ours")] = 64,
    plain_batch_size: Annotated[int, typer.Option(min=1, help="theirs (the authors' is 32)")] = 32,
    json_only: Annotated[bool, typer.Option("--json", help="one JSON object and nothing else")] = False,
) -> None:
    """Print users a second, tokens a second, memory, FLOPs, and the ratio of ours to transformers'."""
    runtime = our_runtime(precision.value)
    batches = (batch_size, plain_batch_size)
    sides = Sides(shape, data, runtime, users, batches)
    turns = Turns(shape, data, (precision.value, plain_precision.value), users, batches)
    result: dict[str, Any] = {
        "benchmark": "generation",
        "machine": machine(),
        "threads": torch.get_num_threads(),
        "device": str(runtime.device),
        "shape": shape,
        "weights": "checkpoint" if Path(shape).is_dir() else "fresh",
        "precision": precision.value,
        "plain_precision": plain_precision.value,
        "users": users,
        "rounds": rounds,
        "batch_size": batch_size,
        "plain_batch_size": plain_batch_size,
        "beams": BEAMS,
        "matrix_peak_gflops": round(matrix_peak(runtime.autocast or torch.float32, runtime.device), 1),
        "tasks": {},
    }
    for task in sides.questions:
        result["tasks"][task] = _task(sides, turns, task, rounds, result["matrix_peak_gflops"])
    printed(result, _text(result), json_only)


def _task(sides: Sides, pair: Turns, task: str, rounds: int, peak: float) -> dict[str, Any]:
    turns = [(pair.take(False, task), pair.take(True, task)) for _ in range(rounds)]
    questions = sides.questions[task]
    inputs = sides.maker.ask(questions).mask.sum(1).tolist()
    outputs = _outputs(sides, turns[0][0])
    config = t5_of(sides.model).config
    prompts = _prompt_vectors(sides, questions)
    flops = encoder_flops(config, [length + prompts for length in inputs])
    for length, targets in zip(inputs, outputs, strict=True):
        flops += decoder_flops(config, length + prompts, targets)
    work = (len(questions), sum(inputs) + sum(map(sum, outputs)), flops)
    ours, theirs = ([turn[side] for turn in turns] for side in (0, 1))
    return {
        "input_tokens_mean": round(statistics.mean(inputs), 1),
        "input_tokens_longest": max(inputs),
        "ours": _figures(ours, *work, peak),
        "transformers": _figures(theirs, *work, peak),
        "ratio": round(_seconds(theirs) / _seconds(ours), 2),
        **_agreement(turns[0][0], turns[0][1]),
    }


def _prompt_vectors(sides: Sides, questions: Sequence[Question]) -> int:
    batch = sides.maker.ask(questions[:1]).to(sides.runtime.device)
    return sides.model.embed(batch).mask.shape[1] - batch.mask.shape[1]


def _outputs(sides: Sides, side: Side) -> list[list[int]]:
    """Lengths of the returned sequences of each user; those of explanations as long as they may be."""
    lengths = np.diff(sides.answers.offsets)
    return [
        [LONGEST] * BEAMS if isinstance(found, str) else lengths[list(found)].tolist()
        for found, _ in side.answers.values()
    ]


def _seconds(turns: Sequence[Side]) -> float:
    return statistics.median(turn.seconds for turn in turns)


def _figures(turns: Sequence[Side], users: int, tokens: int, flops: int, peak: float) -> dict[str, Any]:
    seconds = _seconds(turns)
    achieved = flops / seconds / 1e9
    return {
        "users_per_second": round(users / seconds, 2),
        "tokens_per_second": round(tokens / seconds, 1),
        "seconds": [round(turn.seconds, 3) for turn in turns],
        "peak_memory_mib": round(max(turn.peak for turn in turns) / 2**20, 1),
        "model_gflop": round(flops / 1e9, 2),
        "gflops": round(achieved, 1),
        "share_of_matrix_peak": round(achieved / peak, 4),
    }


def _agreement(ours: Side, theirs: Side) -> dict[str, Any]:
    """How many users got the same answer, and how far the scores at equal places are apart."""
    pairs = [(ours.answers[user], theirs.answers[user]) for user in ours.answers]
    return {
        "same_answers": round(statistics.mean(one[0] == other[0] for one, other in pairs), 4),
        "largest_score_difference": float(max(np.abs(one[1] - other[1]).max() for one, other in pairs)),
    }


def _text(result: dict[str, Any]) -> str:
    lines = [f"{result['machine']}; {result['shape']}, {result['users']} users"]
    lines.append(f"ours in {result['precision']}, transformers in {result['plain_precision']}")
    for task, row in result["tasks"].items():
        ours = row["ours"]["users_per_second"]
        theirs = row["transformers"]["users_per_second"]
        lines.append(
            f"{task}: {ours} users/s, transformers {theirs}, ratio {row['ratio']}; "
            f"the same answers for {row['same_answers']:.1%}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
