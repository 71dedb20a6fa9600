"""Sections `decoding` and `assistant` of params.yaml."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.params import Section


class DecodingConfig(Section):
    """Sections 4.4 and 5.4 of the paper; a bundle without a params.yaml is asked with the defaults."""

    batch_size: int = Field(default=64, ge=1)
    """Questions that are answered at once."""

    beams: int = Field(default=20, ge=1)
    """Beams of the recommendation tasks; also the length of the ranked list before the cut."""

    top: int = Field(default=10, ge=1)
    """Items kept per user."""

    topn_method: Literal["beam", "exact"] = "beam"
    """beam (constrained search) or exact (every candidate by its log-likelihood)."""

    constrained: bool = True
    """true: only real items, only candidates in top-n; false: any text, as in the authors' code."""

    grounding: Literal["none", "nearest"] = "none"
    """Unconstrained answers: none (a text that names no item is a miss) or nearest (BIGRec).

    nearest ranks items by how near their names are to the likeliest text, in the model's own embeddings.
    """

    exclude_seen: bool = True
    """Sequential lists leave out what the user already has; not so in the authors' code.

    Without effect on unconstrained answers but grounded ones.
    """

    item_length_penalty: float = 0.0
    """Score = log-likelihood / length ** penalty; 0: by probability (the authors' code: 1).

    1 favours numbers of more tokens.
    """

    length_penalty: float = 1.0
    """The same for explanations."""

    information_gain: float = Field(default=0.0, ge=0, lt=1)
    """How much less the log-probability of a token counts that says most about the item (IGD); 0: no less.

    Of the tokens that may follow, the least telling counts whole, the most telling 1 - information_gain.
    """

    explanation_beams: int = Field(default=7, ge=1)
    """Beams of an explanation.

    7 give what 21 beams in 3 groups without diversity penalty give.
    """

    min_tokens: int = Field(default=1, ge=0)
    """Fewest tokens of an explanation (the paper: 10).

    More make the model go on behind the end of a short sentence.
    """

    max_tokens: int = Field(default=32, ge=1)
    """Most tokens of an explanation: as many as were learned (the paper: 20)."""

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
    """An item's score is g x the model's log-probability + (1 - g) x the assistant's."""

    weights: tuple[float, ...] = (1.0, 0.9, 0.75, 0.5, 0.25, 0.1, 0.0)
    """What g is chosen from on validation; 1: the model alone, 0: the assistant.

    It's chosen by NDCG@10, for each task; the first of equals wins.
    """

    validation_answers: int = Field(default=1000, ge=0)
    """Most validation questions per task that are answered with every g, drawn once; 0: all."""

    @field_validator("weights")
    @classmethod
    def _both_parts_are_among_them(cls, weights: tuple[float, ...]) -> tuple[float, ...]:
        within = all(0 <= weight <= 1 for weight in weights)
        if not within or len(set(weights)) < len(weights) or not set(weights) >= PARTS:
            raise ValueError("each once, from 0 to 1, with 1 (the model alone) and 0 (the assistant alone)")
        return weights
