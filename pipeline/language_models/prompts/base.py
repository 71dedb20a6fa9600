"""What a method of prompting is given, and how lists of titles stand in prompts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from pipeline.language_models.base import LanguageModel

MOST = len(ascii_uppercase)
"""Most candidates of a list that letters tell apart."""


@dataclass(frozen=True)
class Case:
    """A user's question.

    Attributes:
        history: titles of the newest items, oldest first.
        candidates: titles of the items to be ranked, at most MOST.
    """

    history: tuple[str, ...]
    candidates: tuple[str, ...]


Method = Callable[[LanguageModel, Sequence[Case], np.random.Generator], list[np.ndarray]]
"""Cases to a score of each candidate, float64 [candidates]; what is random is of the generator."""


def listed(titles: Sequence[str]) -> str:
    """Return titles in a row: "a", "b"."""
    return ", ".join(f'"{title}"' for title in titles)


def lettered(titles: Sequence[str]) -> str:
    """Return titles line by line, each behind its letter."""
    return "\n".join(f"{letter}. {title}" for letter, title in zip(ascii_uppercase, titles, strict=False))


def letters(titles: Sequence[str]) -> list[str]:
    """Return the options that name the titles of `lettered`."""
    return [f" {letter}" for letter in ascii_uppercase[: len(titles)]]


def bought(case: Case) -> str:
    """Return the sentence that says what the user has."""
    return f"A user has bought these items, oldest first: {listed(case.history)}."


def yes_or_no(model: LanguageModel, prompts: Sequence[str]) -> np.ndarray:
    """Return by how much " Yes" is likelier than " No" behind each prompt, in nats, float64 [N]."""
    found = model.score(prompts, [[" Yes", " No"]] * len(prompts))
    return np.array([yes - no for yes, no in found])


def split(values: np.ndarray, cases: Sequence[Case]) -> list[np.ndarray]:
    """Return the values of all candidates, one case behind the other, case by case."""
    return np.split(values, np.cumsum([len(case.candidates) for case in cases])[:-1])
