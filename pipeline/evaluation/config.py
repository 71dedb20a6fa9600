"""Section `evaluation` of params.yaml."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from pipeline.params import Section

Cutoff = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]

POPULAR = "most_popular"
"""Its figures are the yardstick of top-n, so it's always among the baselines."""


def assisted_name(assistant: str) -> str:
    """Return what the model with an assistant is called in files of predictions and metrics."""
    return f"peapod_{assistant}"


class EvaluationConfig(Section):
    """Which figures are computed, and how sure they are.

    Attributes:
        baselines: the baselines whose predictions are read, in the order of the tables.
        explanation_baselines: the same of the explanation task.
        assistants: the baselines that assist the model's decoding.
        sequential_cutoffs: the k of HR@k and NDCG@k of sequential recommendation.
        topn_cutoffs: the same for top-n.
        resamples: resamples of the bootstrap.
        confidence: level of its intervals.
    """

    baselines: tuple[Name, ...]
    explanation_baselines: tuple[Name, ...]
    assistants: tuple[Name, ...] = ()
    sequential_cutoffs: tuple[Cutoff, ...] = Field(min_length=1)
    topn_cutoffs: tuple[Cutoff, ...] = Field(min_length=1)
    resamples: int = Field(ge=1)
    confidence: float = Field(gt=0, lt=1)

    @property
    def assisted(self) -> list[str]:
        """The model with each of its assistants."""
        return [assisted_name(name) for name in self.assistants]

    @field_validator("baselines")
    @classmethod
    def _popularity_is_among_them(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if POPULAR not in names or len(set(names)) != len(names):
            raise ValueError(f"each name once, {POPULAR} among them, is wanted")
        return names

    @model_validator(mode="after")
    def _assistants_run_alone_too(self) -> Self:
        if lacking := [name for name in self.assistants if name not in self.baselines]:
            raise ValueError(
                f"assistants names {', '.join(lacking)}, baselines doesn't: add them there, so that both "
                "parts stand beside their sum"
            )
        if len(set(self.assistants)) < len(self.assistants):
            raise ValueError("each of assistants once is wanted")
        return self
