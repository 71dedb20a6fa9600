"""Section `decoding` of params.yaml."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.params import Section


class DecodingConfig(Section):
    """Beam search (sections 4.4 and 5.4)."""

    batch_size: int = Field(ge=1)
    beams: int = Field(ge=1)
    top: int = Field(ge=1)
    topn_method: Literal["beam", "exact"]
    constrained: bool
    exclude_seen: bool
    item_length_penalty: float
    length_penalty: float
    explanation_beams: int = Field(ge=1)
    min_tokens: int = Field(ge=0)
    max_tokens: int = Field(ge=1)

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
