"""Section `training` of params.yaml."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.params import Section
from pipeline.tasks.base import Samples, Task
from pipeline.training.objectives.config import ObjectiveConfig


class SharesConfig(Section):
    """Batches of each task per round (the paper: 1 each); a task of 0 isn't trained on."""

    explanation: int = Field(default=6, ge=0, le=100)
    """Batches of the explanation task."""

    sequential: int = Field(default=5, ge=0, le=100)
    """Batches of sequential recommendation."""

    topn: int = Field(default=1, ge=0, le=100)
    """Batches of top-n recommendation."""

    @model_validator(mode="after")
    def _some_task(self) -> Self:
        if not (self.explanation or self.sequential or self.topn):
            raise ValueError("all shares are 0: no task to train on; 1 each is the paper's")
        return self

    def by_task(self, tasks: Iterable[Task]) -> dict[Task, int]:
        """Return the share of each of `tasks`; one that has none here takes a turn per round."""
        return {task: getattr(self, task.name, 1) for task in tasks}


class TrainingConfig(Section):
    """Sections 4.4 and 5.4 of the paper."""

    epochs: int = Field(default=16, ge=1)
    """Walks through the samples of all tasks."""

    samples: Samples = "prefixes"
    """prefixes (each walk has every train item as a target), segments (the paper's) or histories.

    segments: one random segment, one random positive and one random choice per user and walk. histories: a
    random prefix per user and walk, of which all items are targets, too; for a causal model.backbone.
    """

    reciting: float = Field(default=0.0, ge=0, lt=1)
    """Share of the run, at its start, that the choice task spends on reciting titles.

    A few candidates are listed once more in another order, every token a target: a fresh model learns to copy
    titles from its prompt sooner than from questions, whose targets are a few tokens (docs/llara.md).
    """

    shares: SharesConfig = SharesConfig()
    """Batches of each task per round (the paper: 1 each); a task of 0 isn't trained on."""

    teacher_share: float = Field(default=0.75, ge=0, le=1)
    """Share of sequential samples whose answer is the teacher's (section teacher), where there is one."""

    batch_size: int = Field(default=32, ge=1)
    """Samples per batch (the paper: 64)."""

    objective: ObjectiveConfig = ObjectiveConfig()
    """What is learned of answers that are items; texts are always learned by cross-entropy."""

    optimizer: Literal["adamw", "scaled_adamw"] = "scaled_adamw"
    """scaled_adamw, for fresh weights; or adamw, as in the paper, for pretrained ones.

    scaled_adamw takes each tensor's step in proportion to its size: docs/decisions, 0009.
    """

    learning_rate: float = Field(default=0.02, gt=0)
    """About 0.01 to 0.02 for scaled_adamw; for adamw the paper's text says 0.005.

    The authors' scripts and POD have 0.0005.
    """

    weight_decay: float = Field(default=0.01, ge=0)
    """Weight decay of the optimizer."""

    warmup: float = Field(default=0.05, ge=0, lt=1)
    """Share of all steps with a rising learning rate."""

    schedule: Literal["constant", "linear"] = "linear"
    """The learning rate after the warmup: constant, or linear (falls to 0)."""

    clip: float = Field(default=1.0, gt=0)
    """Largest gradient norm."""

    choose_by: Literal["metrics", "loss"] = "metrics"
    """What makes an epoch the best: metrics of its answers on validation, or the loss there (the paper).

    metrics is the geometric mean of NDCG@10 and ROUGE-L. With loss decoding code can't change the model.
    """

    validation_answers: int = Field(default=500, ge=0)
    """Most validation questions per task that are answered after each epoch, drawn once; 0: all."""

    patience: int = Field(default=5, ge=1)
    """Epochs without a better one before training stops."""

    patience_counts: Literal["row", "total"] = "row"
    """They count in a row or, as in the authors' code, in total."""

    validation_samples: int = Field(default=0, ge=0)
    """Most validation questions per task for the loss, drawn once; 0: all, as in the paper."""

    explanation_tokens: int = Field(default=32, ge=2)
    """Tokens of an explanation that are learned, the end's among them.

    What is longer is cut. The paper's 20 are of a pretrained vocabulary: a small one of your own cuts words
    into more pieces.
    """

    pad_loss: bool = False
    """true: padding counts as targets, as in the authors' code; false: the paper's equation 10."""

    save_every: int = Field(default=200, ge=0)
    """Steps between two saved states, from which a killed run goes on; 0: only at the end of each epoch."""
