"""What the stages before `evaluate` write into metrics/, as far as others read it."""

from typing import Any, ClassVar

from pydantic import ConfigDict, Field

from pipeline.evaluation.schema.document import Count, Document, Number, Words


class Order(Document):
    """How far histories follow item ids; None where the data has no times or no ties."""

    histories_ascending_by_chance: Number | None
    histories_ascending_by_item_id: Number | None
    test_items_decided_by_ties: Number | None = None
    tied_histories: Count
    tied_histories_ascending_by_chance: Number | None
    tied_histories_ascending_by_item_id: Number | None
    tied_pairs: Count
    tied_pairs_ascending_by_chance: Number | None
    tied_pairs_ascending_by_item_id: Number | None
    ties_without_times: bool = False


class Sizes(Document):
    """The dataset as the paper's table 2 has it."""

    density_percent: Number
    items: Count
    reviews: Count
    users: Count


class Lengths(Document):
    """Items of a user, the test item among them."""

    min: Count
    max: Count
    mean: Number
    median: Number


class DatasetMetrics(Document):
    """`metrics/dataset.json`, which stage `preprocess` writes.

    Attributes:
        records: what became of the raw records, by outcome.
        text: counts of review texts and their words.
        metadata: what became of the records of item metadata.
        columns: of a table, which column was read as what.
    """

    file: ClassVar[str] = "dataset.json"

    format: str
    table_2: Sizes
    records: dict[str, Count]
    quarantined_by_reason: dict[str, Count]
    history_length: Lengths
    text: dict[str, int | float]
    explanations_duplicates: Count
    explanations_filtered: Count
    explanations_given: Count
    explanations_kept: Count
    order_audit: Order
    metadata: dict[str, Any]
    columns: dict[str, Any] = Field(default_factory=dict)


class SplitSizes(Document):
    """Explanations of each split."""

    train: Count
    validation: Count
    test: Count


class Unexplained(Document):
    """(user, item) pairs without an explanation, by cause."""

    no_text: Count = 0
    other_language: Count = 0
    no_tuple: Count = 0
    no_frequent_feature: Count = 0
    polarity_disagrees: Count = 0
    unreadable_length: Count = 0


class ExplanationsMetrics(Document):
    """`metrics/explanations.json`, which stage `explanations` writes.

    What only extraction knows is absent where the explanations were given. Shares are None of nothing.
    """

    file: ClassVar[str] = "explanations.json"

    source: str
    explanations: Count
    split_sizes: SplitSizes
    features: Count
    feature_opinion_pairs: Count
    sequential_test_pairs_in_explanation_train: Number | None
    explanations_given: Count | None = None
    explanations_outside_dataset: Count | None = None
    explanations_repeated: Count | None = None
    pairs: Count | None = None
    pairs_with_explanation: Count | None = None
    coverage: Number | None = None
    pairs_without: Unexplained = Unexplained()
    polarity_agreement: Number | None = None
    polarity_agreement_positive: Number | None = None
    polarity_agreement_negative: Number | None = None
    corrected_polarities: Count | None = None
    tuples: Count | None = None
    reviews: Count | None = None
    reviews_with_text: Count | None = None
    reviews_foreign: Count | None = None
    reviews_with_tuples: Count | None = None


class IdentifiersMetrics(Document):
    """`metrics/identifiers.json`; `leak`: share of next items that rules about numbers name.

    What a scheme reports of its own names stands beside these fields, as the scheme calls it.
    """

    model_config = ConfigDict(extra="allow")
    file: ClassVar[str] = "identifiers.json"

    method: str
    users: Count
    items: Count
    leak: dict[str, Number | None] = Field(default_factory=dict)


class TrainingMetrics(Document):
    """`metrics/training.json`, which stage `train` writes: losses in nats per target token, by task.

    Attributes:
        explanations_cut: share of explanations that are learned without their end.
        marginal_loss: loss of a model that knows how often each token occurs and nothing else.
        chosen_by: `metrics` or `loss`, what makes an epoch the best; runs before there was a choice: loss.
        validation_metrics: of the best epoch, by task and name.
    """

    file: ClassVar[str] = "training.json"

    best_epoch: Count
    chosen_by: str = "loss"
    epochs: Count
    explanations_cut: Number
    parameters: Count
    steps_per_epoch: Count
    tasks: Words
    validation_loss: dict[str, Number]
    validation_metrics: dict[str, dict[str, Number]] = Field(default_factory=dict)
    marginal_loss: dict[str, Number] = Field(default_factory=dict)


class Trial(Document):
    """Hyper-parameters that were tried, and what validation said of them: NDCG@10, or the loss per word."""

    settings: dict[str, int | float]
    ndcg: Number | None = Field(default=None, alias="NDCG@10")
    loss: Number | None = None
    best_epoch: Count | None = None


class SearchMetrics(Document):
    """`metrics/baselines/NAME.json`: what was tried, and the `validation` of what won."""

    file: ClassVar[str] = "baselines/{name}.json"

    name: str
    tried: tuple[Trial, ...] = ()
    validation: Trial | None = None


class ExplainerSearchMetrics(SearchMetrics):
    """`metrics/explanation_baselines/NAME.json`; `pairs` 0 where there was nothing to explain."""

    file: ClassVar[str] = "explanation_baselines/{name}.json"

    parameters: Count | None = None
    explanations_cut: Number | None = None
    pairs: Count | None = None
