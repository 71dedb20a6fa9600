"""Sections `decoding` and `assistant` of params.yaml."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.params import Section


class DecodingConfig(Section):
    """Beam search (sections 4.4 and 5.4); a bundle without a params.yaml is asked with the defaults."""

    batch_size: int = Field(default=64, ge=1)
    beams: int = Field(default=20, ge=1)
    top: int = Field(default=10, ge=1)
    topn_method: Literal["beam", "exact"] = "beam"
    constrained: bool = True
    exclude_seen: bool = True
    item_length_penalty: float = 0.0
    length_penalty: float = 1.0
    explanation_beams: int = Field(default=7, ge=1)
    min_tokens: int = Field(default=10, ge=0)
    max_tokens: int = Field(default=32, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        faults = []
        if self.top > self.beams:
            faults.append(f"top ({self.top}) is above beams ({self.beams})")
        if self.min_tokens > self.max_tokens:
            faults.append(f"min_tokens ({self.min_tokens}) is above max_tokens ({self.max_tokens})")
        if faults:
            raise ValueError("; ".join(faults))
        return self


PARTS = frozenset({0.0, 1.0})
"""Weights that leave one part alone: both stand beside their sum."""


class AssistantConfig(Section):
    """Section `assistant`: what is tried of every method that `evaluation.assistants` names.

    Attributes:
        weights: each g, the model's weight; 1 is the model alone and 0 the assistant alone.
        validation_answers: most validation questions of each task that it is chosen by; 0 for all.
    """

    weights: tuple[float, ...] = (1.0, 0.9, 0.75, 0.5, 0.25, 0.1, 0.0)
    validation_answers: int = Field(default=1000, ge=0)

    @field_validator("weights")
    @classmethod
    def _both_parts_are_among_them(cls, weights: tuple[float, ...]) -> tuple[float, ...]:
        within = all(0 <= weight <= 1 for weight in weights)
        if not within or len(set(weights)) < len(weights) or not set(weights) >= PARTS:
            raise ValueError("each once, from 0 to 1, with 1 (the model alone) and 0 (the assistant alone)")
        return weights
