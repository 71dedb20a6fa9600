"""Both ways to train, each in a process of its own, since the pipeline changes how a process keeps memory."""

import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import torch
from torch import nn

from benchmarks.dataset import benchmark_tokenizer, read_dataset
from benchmarks.report import forget_peak, peak_memory
from benchmarks.shapes import PROMPTS, build_model, t5_of, vocabulary_of
from pipeline.prompts.batches import IGNORED, Batch
from pipeline.prompts.inputs import make_batch_maker
from pipeline.randomness import generator
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import choose_runtime, keep_memory
from pipeline.training.gradients import Gradients
from pipeline.training.mixture import Mixture
from pipeline.training.samples import training_examples

OURS = "ours"
PLAIN = "transformers"
KEEPING = "transformers_keeping_memory"
"""The pipeline; transformers as it comes; and in a process that keeps freed memory, as ours does."""

_RATE = 1e-3
_CLIP = 1.0
_EXPLANATION_TOKENS = 20


@dataclass(frozen=True)
class Setting:
    """What both sides train on; `chunk` is how many samples the plain side takes at a time."""

    shape: str
    data: Path
    precision: str
    batch: int
    dropout: float
    chunk: int


@dataclass(frozen=True)
class Turn:
    """One step: seconds, loss and the process' peak memory in bytes so far."""

    seconds: float
    loss: float
    peak: int


def mixture_of(setting: Setting) -> tuple[Mixture, int]:
    """Return the batches of all steps, and the number of users."""
    vocabulary = vocabulary_of(setting.shape)
    inputs = read_dataset(setting.data, vocabulary)
    maker, _ = make_batch_maker(inputs, benchmark_tokenizer(vocabulary), PROMPTS, _EXPLANATION_TOKENS)
    return Mixture(
        training_examples(inputs, PROMPTS.history, "prefixes", maker.tasks), maker, setting.batch, 0
    ), len(inputs.user_mentions)


def serve(connection: Connection, side: str, setting: Setting) -> None:
    """Answer each step's number with its `Turn` until None comes."""
    if side == KEEPING:
        keep_memory()
    steps = _Ours(setting) if side == OURS else _Plain(setting)
    forget_peak()
    while (index := connection.recv()) is not None:
        steps.prepare(index)
        start = time.perf_counter()
        loss = steps.step(index)
        connection.send(Turn(time.perf_counter() - start, loss, peak_memory()))


class _Ours:
    """The pipeline's step, the making of its batch included."""

    def __init__(self, setting: Setting) -> None:
        config = RuntimeConfig(device="auto", precision=setting.precision, threads=0)  # type: ignore[arg-type]
        runtime = choose_runtime(config)
        self._mixture, users = mixture_of(setting)
        self._model = build_model(setting.shape, users, dropout=setting.dropout).to(runtime.device).train()
        self._model.prepare_training(runtime.device)
        self._gradients = Gradients(self._model, list(self._model.parameters()), runtime)
        self._optimizer = _adamw(self._model)
        self._device = runtime.device

    def prepare(self, index: int) -> None:
        """Nothing is made ahead."""

    def step(self, index: int) -> float:
        """Train on the batch of a step and return its loss."""
        batch = self._mixture[index].to(self._device)
        loss = self._gradients.compute(batch, generator(0, "dropout", index))
        _move(self._model, self._optimizer)
        return loss


class _Plain:
    """Transformers alone, in fp32, on batches that are made before the clock runs."""

    def __init__(self, setting: Setting) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._mixture, users = mixture_of(setting)
        model = build_model(setting.shape, users, "eager", dropout=setting.dropout)
        self._model = model.to(self._device).train()
        self._chunk = setting.chunk
        self._optimizer = _adamw(self._model)
        self._batch: Batch

    def prepare(self, index: int) -> None:
        """Make the batch of a step."""
        self._batch = self._mixture[index].to(self._device)

    def step(self, index: int) -> float:
        """Train on the prepared batch and return its loss."""
        labels = self._batch.labels
        assert labels is not None
        total = 0.0
        count = int((labels != IGNORED).sum())
        for rows in torch.arange(len(labels), device=self._device).split(self._chunk):
            part = self._batch.select(rows)
            embeddings, mask, _ = self._model.embed(part)
            loss = t5_of(self._model)(inputs_embeds=embeddings, attention_mask=mask, labels=part.labels).loss
            share = loss * (int((part.labels != IGNORED).sum()) / count)
            share.backward()
            total += share.item()
        _move(self._model, self._optimizer)
        return total


def _adamw(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=_RATE, fused=True)


def _move(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
