"""Section `evaluation` of params.yaml."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from pipeline.params import Section

Cutoff = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]

Audit = Literal["user_groups", "item_groups", "concentration", "recency"]
AUDITS: tuple[Audit, ...] = get_args(Audit)
"""The audits that there are: the modules of `pipeline/audits` but `base`."""

POPULAR = "most_popular"
"""Its figures are the yardstick of top-n, so it's always among the baselines."""


def assisted_name(assistant: str) -> str:
    """Return what the model with an assistant is called in files of predictions and metrics."""
    return f"peapod_{assistant}"


class EvaluationConfig(Section):
    """Which figures are computed, and how sure they are."""

    baselines: tuple[Name, ...] = ("most_popular", "cooccurrence", "item_knn", "bpr", "ease")
    """The baselines that run and stand in the tables, in this order; most_popular has to be one."""

    explanation_baselines: tuple[Name, ...] = ("att2seq", "nrt", "peter", "peter_plus")
    """The same for the explanation task; any of att2seq, nrt, peter, peter_plus."""

    assistants: tuple[Name, ...] = ()
    """Those of the baselines that also assist the model's decoding (section assistant).

    Of each the tables have the model, the method and both together; for example [cooccurrence, ease].
    """

    audits: tuple[Audit, ...] = ()
    """Audits of the lists; any of user_groups, item_groups, concentration, recency (docs/audits.md)."""

    sequential_cutoffs: tuple[Cutoff, ...] = Field(default=(5, 10), min_length=1)
    """The k of HR@k and NDCG@k of sequential recommendation."""

    topn_cutoffs: tuple[Cutoff, ...] = Field(default=(1, 5, 10), min_length=1)
    """The same of top-n."""

    resamples: int = Field(default=10_000, ge=1)
    """Resamples of the bootstrap.

    The smallest p-value is 2 / (resamples + 1), times the number of comparisons after Holm's correction.
    """

    confidence: float = Field(default=0.95, gt=0, lt=1)
    """Level of the intervals."""

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
