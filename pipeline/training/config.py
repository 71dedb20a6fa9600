"""Section `training` of params.yaml."""

from typing import Literal

from pydantic import Field

from pipeline.params import Section


class TrainingConfig(Section):
    """Task-alternated training (sections 4.4 and 5.4)."""

    epochs: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    warmup: float = Field(ge=0, lt=1)
    schedule: Literal["constant", "linear"]
    clip: float = Field(gt=0)
    patience: int = Field(ge=1)
    patience_counts: Literal["row", "total"]
    validation_samples: int = Field(ge=0)
    explanation_tokens: int = Field(ge=2)
    pad_loss: bool
    save_every: int = Field(ge=0)
