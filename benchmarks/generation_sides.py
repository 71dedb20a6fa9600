"""Both ways to generate, ours and transformers', over the same questions, weights and settings."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import torch

from benchmarks.dataset import benchmark_tokenizer, read_dataset
from benchmarks.plain_generation import Rule, Rules, ended, generated, items_of, rule, tree_of
from benchmarks.report import forget_peak, peak_memory
from benchmarks.shapes import PROMPTS, build_model, vocabulary_of
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import Recommender
from pipeline.prompts.inputs import make_batch_maker
from pipeline.randomness import generator
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import Runtime, choose_runtime
from pipeline.tasks.base import AnswerKind, Question
from pipeline.tasks.registry import PEAPOD

BEAMS = 20
SHORTEST = 10
LONGEST = 20
Answers = dict[int, tuple[tuple[int, ...] | str, np.ndarray]]
"""By user: the ranked items, or the text, and the scores."""


@dataclass(frozen=True)
class Side:
    """What one side took and found."""

    seconds: float
    peak: int
    answers: Answers


def measured(work: Callable[[], Answers]) -> Side:
    """Run one side and tell its seconds and the peak memory of this process meanwhile."""
    forget_peak()
    start = time.perf_counter()
    answers = work()
    return Side(time.perf_counter() - start, peak_memory(), answers)


def _config(batch_size: int) -> DecodingConfig:
    return DecodingConfig(
        batch_size=batch_size,
        beams=BEAMS,
        top=BEAMS,
        topn_method="beam",
        constrained=True,
        exclude_seen=False,
        item_length_penalty=1.0,
        length_penalty=1.0,
        explanation_beams=BEAMS,
        min_tokens=SHORTEST,
        max_tokens=LONGEST,
    )


def our_runtime(precision: str) -> Runtime:
    """Return what the stages compute in."""
    return choose_runtime(RuntimeConfig(device="auto", precision=precision, threads=0))  # type: ignore[arg-type]


class Turns:
    """Both sides, each in a process of its own: neither gets the other's memory or allocator settings.

    The plain side has torch and glibc as they come; ours what `choose_runtime` sets. One works at a time.
    """

    def __init__(
        self, shape: str, data: Path, precisions: tuple[str, str], users: int, batches: tuple[int, int]
    ) -> None:
        """Start both processes; they read the data and build the same weights. Precisions: ours, theirs."""
        context = get_context("spawn")
        self._pipes: dict[bool, Connection] = {}
        for plain in (False, True):
            self._pipes[plain], other = context.Pipe()
            arguments = (other, plain, shape, data, precisions[plain], users, batches)
            context.Process(target=_serve, args=arguments, daemon=True).start()
            # Else a process that fails would leave this one waiting for ever.
            other.close()
            self._pipes[plain].recv()

    def take(self, plain: bool, task: str) -> Side:
        """Let one side answer all questions of a task."""
        self._pipes[plain].send(task)
        return self._pipes[plain].recv()  # type: ignore[no-any-return]


def _serve(
    connection: Connection,
    plain: bool,
    shape: str,
    data: Path,
    precision: str,
    users: int,
    batches: tuple[int, int],
) -> None:
    if plain:
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        runtime = Runtime(device, torch.bfloat16 if precision == "bf16" else None)
    else:
        runtime = our_runtime(precision)
    sides = Sides(shape, data, runtime, users, batches)
    answer = sides.theirs if plain else sides.ours
    connection.send(None)
    with suppress(EOFError):
        while True:
            connection.send(measured(partial(answer, sides.questions[connection.recv()])))


class Sides:
    """Questions, weights and settings, and both ways to answer."""

    def __init__(
        self, shape: str, data: Path, runtime: Runtime, users: int, batches: tuple[int, int]
    ) -> None:
        """Read the data and build the model; the batch sizes are ours and theirs."""
        self.runtime = runtime
        self.batches = batches
        vocabulary = vocabulary_of(shape)
        inputs = read_dataset(data, vocabulary)
        self.tokenizer = benchmark_tokenizer(vocabulary)
        self.maker, self.answers = make_batch_maker(inputs, self.tokenizer, PROMPTS, LONGEST)
        self.model = build_model(shape, len(inputs.user_mentions)).to(self.runtime.device).eval()
        self.recommender = Recommender(
            self.model,
            self.maker,
            self.tokenizer,
            self.answers,
            inputs.known,
            _config(batches[0]),
            self.runtime,
        )
        rng = generator(0, "benchmark users")
        everyone = len(inputs.user_mentions)
        chosen = rng.choice(everyone, min(users, everyone), replace=False)
        # Every user has one question of each.
        asked = {task.name: task.test(inputs, PROMPTS.history, rng)[task.name] for task in PEAPOD}
        self.questions = {name: [every[user] for user in chosen] for name, every in asked.items()}

    def ours(self, questions: Sequence[Question]) -> Answers:
        """Answer as the stage `generate` does."""
        if questions[0].task.answers is AnswerKind.TEXT:
            config = _config(self.batches[0])
            texts = explain(self.model, self.maker, self.tokenizer, questions, config, self.runtime)
            return {
                one.user: (text, np.array([score]))
                for one, (text, score) in zip(questions, texts, strict=True)
            }
        return {one.user: (tuple(one.items.tolist()), one.scores) for one in self.recommender.rank(questions)}

    def theirs(self, questions: Sequence[Question]) -> Answers:
        """Answer by transformers' `generate`."""
        if questions[0].task.answers is AnswerKind.TEXT:
            found = self._generated(questions, lambda _: None, LONGEST, min_new_tokens=SHORTEST)
            return {one.user: (self.tokenizer.decode(best[0]), scores[:1]) for one, best, scores in found}
        names = items_of(self.answers)
        whole = tree_of(self.answers, range(len(self.answers)))

        def rules(chunk: Sequence[Question]) -> Rule:
            return rule(
                [whole if one.pool is None else tree_of(self.answers, one.pool.tolist()) for one in chunk]
            )

        found = self._generated(questions, rules, int(np.diff(self.answers.offsets).max()))
        return {
            one.user: (tuple(names[ended(tokens, self.tokenizer.eos)] for tokens in beams), scores)
            for one, beams, scores in found
        }

    def _generated(
        self, questions: Sequence[Question], rules: Rules, longest: int, **options: int
    ) -> Iterator[tuple[Question, np.ndarray, np.ndarray]]:
        with self.runtime.autocasting():
            yield from generated(
                self.model,
                self.maker,
                questions,
                self.batches[1],
                rules,
                BEAMS,
                max_new_tokens=longest,
                length_penalty=1.0,
                **options,
            )
