"""Section `training` of params.yaml."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.params import Section
from pipeline.tasks.base import Samples, Task
from pipeline.tasks.registry import TASKS


class SharesConfig(Section):
    """Batches of each task per round; a task of 0 isn't trained on."""

    explanation: int = Field(ge=0, le=100)
    sequential: int = Field(ge=0, le=100)
    topn: int = Field(ge=0, le=100)

    @model_validator(mode="after")
    def _some_task(self) -> Self:
        if not (self.explanation or self.sequential or self.topn):
            raise ValueError("all shares are 0: no task to train on; 1 each is the paper's")
        return self

    def by_task(self) -> dict[Task, int]:
        """Return the share of every task; one that has none here takes a turn per round."""
        return {task: getattr(self, task.name, 1) for task in TASKS}


class TrainingConfig(Section):
    """Task-alternated training (sections 4.4 and 5.4)."""

    epochs: int = Field(ge=1)
    samples: Samples
    shares: SharesConfig
    batch_size: int = Field(ge=1)
    optimizer: Literal["adamw", "scaled_adamw"]
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    warmup: float = Field(ge=0, lt=1)
    schedule: Literal["constant", "linear"]
    clip: float = Field(gt=0)
    patience: int = Field(ge=1)
    patience_counts: Literal["row", "total"]
    validation_samples: int = Field(ge=0)
    choose_by: Literal["metrics", "loss"]
    validation_answers: int = Field(ge=0)
    explanation_tokens: int = Field(ge=2)
    pad_loss: bool
    save_every: int = Field(ge=0)
