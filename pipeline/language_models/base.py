"""What methods that only ask a language model want of one: here, in a file, or behind an address."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class LanguageModelError(ValueError):
    """A language model can't be had, or doesn't answer; the message says what to change."""


class LanguageModel(Protocol):
    """A language model that is asked, not trained."""

    def score(self, prompts: Sequence[str], options: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Return, per prompt, the log-probability of each option behind it, in nats, float64 [options]."""

    def write(self, prompts: Sequence[str], most: int) -> list[str]:
        """Return what stands behind each prompt, the likeliest token at a time, at most `most` tokens."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return a vector of each text, float32 [N, D]."""
