"""Reasons for a recommendation, asked for in words, as of ChatGPT (Gao et al., 2023, Chat-REC)."""

from collections.abc import Sequence

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought

WORDS = 48
"""Most tokens of a reason."""


def reasons(model: LanguageModel, cases: Sequence[Case]) -> list[str]:
    """Return, for each case, why its first candidate suits the user."""
    prompts = [
        f'{bought(case)} Say in one sentence why the user would like "{case.candidates[0]}".\nReason:'
        for case in cases
    ]
    return model.write(prompts, WORDS)
