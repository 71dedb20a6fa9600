"""What the splits themselves give away: counts and shares for `metrics/leakage.json`."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.evaluation.figures import rounded
from pipeline.evaluation.held_out import HeldOut


def interaction_leaks(train: pa.Table, split: HeldOut) -> dict[str, Any]:
    """Return the counts that should be zero, or known, about the recommendation splits.

    `candidate_lists_with_known_item`: test users whose negatives hold an item of their train, validation
    or test. `test_items_unseen_in_train`: test users whose item train never shows, which no rule learned
    from train can name. `test_users_without_train`: test users with no train row.
    """
    unseen = ~np.isin(split.targets, train["item"].to_numpy())
    without = ~np.isin(split.users, train["user"].to_numpy())
    return {
        "candidate_lists_with_known_item": _lists_with_known_item(split),
        "test_items_unseen_in_train": int(unseen.sum()),
        "test_users": len(split.users),
        "test_users_without_train": int(without.sum()),
    }


def _lists_with_known_item(split: HeldOut) -> int:
    lengths = [len(items) for items in split.negatives]
    owners = np.repeat(np.arange(len(lengths)), lengths)
    negatives = np.concatenate(split.negatives)
    known_owners = np.concatenate([split.owners, np.arange(len(split.users))])
    known = np.concatenate([split.history, split.targets])
    width = int(max(negatives.max(initial=0), known.max(initial=0))) + 1
    repeated = np.isin(owners * width + negatives, known_owners * width + known)
    return len(np.unique(owners[repeated]))


def explanation_leaks(explanations: pa.Table, split: HeldOut) -> dict[str, Any]:
    """Return the shares that explanations give away; None where there are none.

    `explanation_test_sentences_in_train`: test sentences that stand word for word in explanation train.
    `test_interactions_in_explanation_train`: sequential test interactions whose explanation is trained on.
    """
    train = explanations.filter(pc.field("split") == "train")
    test = explanations.filter(pc.field("split") == "test")
    trained = set(zip(train["user"].to_pylist(), train["item"].to_pylist(), strict=True))
    held_out = list(zip(split.users.tolist(), split.targets.tolist(), strict=True))
    sentences = set(train["explanation"].to_pylist())
    copies = [sentence in sentences for sentence in test["explanation"].to_pylist()]
    return {
        "explanation_test_sentences_in_train": rounded(_share(copies)) if copies else None,
        "test_interactions_in_explanation_train": (
            rounded(_share([pair in trained for pair in held_out])) if trained else None
        ),
    }


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags)


def leakage_metrics(train: pa.Table, split: HeldOut, explanations: pa.Table) -> dict[str, Any]:
    """Return `metrics/leakage.json`."""
    return interaction_leaks(train, split) | explanation_leaks(explanations, split)
