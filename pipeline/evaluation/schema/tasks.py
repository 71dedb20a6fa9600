"""What stage `evaluate` writes into metrics/."""

from typing import ClassVar, Self

from pydantic import AliasChoices, Field, model_validator

from pipeline.evaluation.schema.document import (
    MODEL,
    Comparisons,
    Count,
    Document,
    Estimate,
    Estimates,
    Methods,
    Number,
    Words,
)
from pipeline.evaluation.schema.inputs import Order


class AssistedMetrics(Document):
    """The model with an assistant.

    Attributes:
        weight: of the model, chosen on validation; the rest is the assistant's.
        differences: by how much both together are better than the model and than the assistant.
    """

    weight: Number
    differences: Methods


class RankingMetrics(Comparisons):
    """What both recommendation tasks have.

    Of a model that isn't asked for it `users` is 0 and the rest is empty.

    Attributes:
        invalid_share: of the model's answers, those that are no real items.
        assisted: the model with each of its assistants, where it has any.
    """

    assisted: dict[str, AssistedMetrics] = Field(default_factory=dict)
    comparisons: Count
    invalid_share: Number
    users: Count

    @model_validator(mode="after")
    def _ours(self) -> Self:
        if self.users and MODEL not in self.estimates:
            raise ValueError(f"no method {MODEL}")
        return self

    @classmethod
    def empty(cls) -> Self:
        """Return the document of a model that isn't asked for this task."""
        return cls(estimates={}, differences={}, comparisons=0, invalid_share=0.0, users=0)

    @property
    def cutoffs(self) -> list[int]:
        """The k of HR@k, ascending."""
        names = self.estimates[MODEL]
        return sorted(int(name.removeprefix("HR@")) for name in names if name.startswith("HR@"))

    @property
    def columns(self) -> list[str]:
        """HR@k and NDCG@k in the order of the cutoffs."""
        wanted = [f"{kind}@{k}" for k in self.cutoffs for kind in ("HR", "NDCG")]
        return [name for name in wanted if name in self.estimates[MODEL]]


class SequentialMetrics(RankingMetrics):
    """`metrics/sequential.json`.

    Attributes:
        repeated_test_items: test users who had their item before.
        repeats_left_out_by: the methods that can't find such an item.
        users_with_short_lists: test users with fewer items unseen than the largest cutoff.
    """

    file: ClassVar[str] = "sequential.json"

    repeated_test_items: Count = 0
    repeats_left_out_by: Words = ()
    users_with_short_lists: Count = 0


class TopnMetrics(RankingMetrics):
    """`metrics/topn.json`.

    Attributes:
        candidates: candidates per user, on average.
        chance: what candidates in random order give, exactly.
        full_rank: the sequential lists, over the whole catalogue, for the same test items.
    """

    file: ClassVar[str] = "topn.json"

    candidates: Number
    chance: Estimates
    full_rank: Methods

    @classmethod
    def empty(cls) -> Self:
        """Return the document of a model that isn't asked for this task."""
        return cls(
            estimates={},
            differences={},
            comparisons=0,
            invalid_share=0.0,
            users=0,
            candidates=0.0,
            chance={},
            full_rank={},
        )


class ExplanationMetrics(Comparisons):
    """`metrics/explanation.json`; of a dataset without explanations `pairs` alone, 0.

    Attributes:
        other_language: pairs whose reference isn't in English.
    """

    file: ClassVar[str] = "explanation.json"

    pairs: Count
    comparisons: Count = 0
    other_language: Count = 0

    @model_validator(mode="after")
    def _ours(self) -> Self:
        if self.pairs and MODEL not in self.estimates:
            raise ValueError(f"no method {MODEL}")
        return self


class GroupMetrics(Document):
    """A group of users: the smallest and largest number in it, how many they are, and the estimates."""

    smallest: Count = Field(validation_alias=AliasChoices("smallest", "from"), serialization_alias="from")
    largest: Count = Field(validation_alias=AliasChoices("largest", "to"), serialization_alias="to")
    users: Count
    methods: Methods


Groups = dict[str, dict[str, dict[str, GroupMetrics]]]
"""By task, kind (activity, popularity) and group (low, middle, high)."""


class BeyondMetrics(Document):
    """`metrics/beyond.json`; empty for a model that isn't asked for lists.

    Attributes:
        own_popularity: popularity of what users chose themselves.
        popularity: popularity and novelty of what each method shows.
        spread: coverage and Gini index of what each method shows.
        groups: HR@k and NDCG@k by group of users.
    """

    file: ClassVar[str] = "beyond.json"

    own_popularity: Estimate | None
    popularity: Methods
    spread: Methods
    groups: Groups


class LeakageMetrics(Document):
    """`metrics/leakage.json`: counts of test users, and shares; None where there are no explanations."""

    file: ClassVar[str] = "leakage.json"

    candidate_lists_with_known_item: Count
    candidate_lists_with_train_item: Count
    explanation_test_sentences_in_train: Number | None
    order: Order
    test_interactions_in_explanation_train: Number | None
    test_items_unseen_in_train: Count
    test_items_without_embedding: Count
    test_users: Count
    test_users_without_embedding: Count
    test_users_without_train: Count
