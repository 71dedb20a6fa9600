"""What a preprocessed dataset allows: rules as in `check_combinations`, judged once it has been counted."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from pipeline.backbones.config import SIZED, ModelConfig
from pipeline.data.config import DatasetConfig
from pipeline.decoding.config import DecodingConfig
from pipeline.embeddings.config import EmbeddingsConfig, NeighboursConfig
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.schema.inputs import DatasetMetrics, ExplanationsMetrics
from pipeline.explanations.config import ExplanationsConfig
from pipeline.prompts.config import TokenizerConfig
from pipeline.training.config import TrainingConfig


@dataclass(frozen=True)
class Counted:
    """What metrics/dataset.json says: the format, how many users and items, the shortest history."""

    format: str
    users: int
    items: int
    shortest: int

    @classmethod
    def read(cls, metrics: Path) -> "Counted | None":
        """Read the file of the folder `metrics`; None where there is none, or one of another shape."""
        try:
            found = DatasetMetrics.read(metrics / DatasetMetrics.file)
        except ValueError:
            return None
        return cls(found.format, found.table_2.users, found.table_2.items, found.history_length.min)


@dataclass(frozen=True)
class Explained:
    """What metrics/explanations.json counts: explanations of each split, and pairs that got none by cause."""

    train: int
    validation: int
    test: int
    infrequent: int = 0
    odd_length: int = 0

    @classmethod
    def read(cls, metrics: Path) -> "Explained | None":
        """Read the file of the folder `metrics`; None where there is none, or one of another shape."""
        try:
            found = ExplanationsMetrics.read(metrics / ExplanationsMetrics.file)
        except ValueError:
            return None
        lost = found.pairs_without
        sizes = found.split_sizes
        return cls(
            sizes.train, sizes.validation, sizes.test, lost.no_frequent_feature, lost.unreadable_length
        )


def dataset_users(neighbours: NeighboursConfig, counted: Counted) -> str | None:
    """A user has no more neighbours than there are other users."""
    others = counted.users - 1
    if neighbours.count <= others:
        return None
    return (
        f"neighbours.count ({neighbours.count}) is above the other users of the dataset ({others}): lower it "
        f"to at most {others}"
    )


def dataset_items(evaluation: EvaluationConfig, dataset: DatasetConfig, counted: Counted) -> str | None:
    """A list has no more items than the user hasn't seen: a baseline's always, the model's mostly."""
    # Of a history the last item is the one to be found; of repeats nobody knows how many items they are.
    seen = 1 if dataset.duplicates == "all" else counted.shortest - 1
    longest = max(evaluation.sequential_cutoffs)
    most = counted.items - seen
    if longest <= most:
        return None
    return (
        f"evaluation.sequential_cutoffs cuts lists off at {longest}, but nobody has more than {most} of the "
        f"{counted.items} items of the dataset unseen: lower it to at most {most}"
    )


def dataset_ratings(embeddings: EmbeddingsConfig, counted: Counted) -> str | None:
    """The P5 format has no ratings to factorize."""
    if counted.format != "p5" or embeddings.method != "pmf" or embeddings.pmf.feedback != "ratings":
        return None
    return "embeddings.pmf.feedback is ratings, but the dataset (P5) has none: use ones"


def spelled_numbers(
    decoding: DecodingConfig, tokenizer: TokenizerConfig, model: ModelConfig, counted: Counted
) -> str | None:
    """Answers that may be any text have room for the longest number of an item."""
    # A mark of the word's beginning, then pieces of number_digits digits.
    needed = 1 + ceil(len(str(counted.items)) / tokenizer.number_digits)
    if decoding.constrained or model.backbone not in SIZED or decoding.max_tokens >= needed:
        return None
    return (
        f"decoding.max_tokens ({decoding.max_tokens}) is below {needed}, the tokens of item {counted.items}: "
        f"raise it to at least {needed}, or set decoding.constrained to true"
    )


def some_explanations(explanations: ExplanationsConfig, explained: Explained) -> str | None:
    """Where reviews have opinions, the limits of what counts as an explanation leave some."""
    if explained.train or explained.validation or explained.test:
        return None
    if explained.infrequent:
        return (
            f"explanations.min_feature_count ({explanations.min_feature_count}) leaves no explanation: it is "
            f"why {explained.infrequent} pairs have none: lower it, to 1 at the least"
        )
    if explained.odd_length:
        return (
            f"explanations.min_words ({explanations.min_words}) and max_words ({explanations.max_words}) "
            f"leave no explanation: they are why {explained.odd_length} pairs have none: widen them"
        )
    return None


def learned_explanations(explanations: ExplanationsConfig, explained: Explained) -> str | None:
    """Explanations that are asked for in test are learned from others."""
    if explained.train or not explained.test:
        return None
    told = f"{explained.test} explanations are to be tested and none is left to learn from"
    if explanations.split == "leave_one_out":
        return f"{told}: set explanations.split to random"
    return f"{told}: put some of the source's own into its train split"


def chosen_explanation_baselines(evaluation: EvaluationConfig, explained: Explained) -> str | None:
    """Explanation baselines are chosen on validation."""
    if explained.validation or not (explained.test and evaluation.explanation_baselines):
        return None
    return (
        "evaluation.explanation_baselines are chosen on validation, which has none of the explanations "
        f"({explained.train} in train, {explained.test} in test): set evaluation.explanation_baselines to []"
    )


def whole_batch(training: TrainingConfig, counted: Counted, explained: Explained) -> str | None:
    """One task or more has samples for a batch: each user is one of top-n, each train explanation one."""
    most = max(counted.users, explained.train)
    if training.batch_size <= most:
        return None
    return (
        f"training.batch_size ({training.batch_size}) is above {most}, the samples of the largest task: "
        f"lower it to at most {most}"
    )


LIMITS: tuple[Callable[..., str | None], ...] = (
    dataset_users,
    dataset_items,
    dataset_ratings,
    spelled_numbers,
    some_explanations,
    learned_explanations,
    chosen_explanation_baselines,
    whole_batch,
)
