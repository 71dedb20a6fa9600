"""How a language model is asked: settings of `prompted`."""

from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from pipeline.recommenders.hyperparameters import Counts, Names, Searched, one_or_more

Way = Literal[
    "point", "pair", "list", "llmrank", "demonstrations", "summary", "partitions", "texts", "knowledge"
]
"""Ways to ask (`pipeline.language_models.prompts`)."""
WAYS: tuple[str, ...] = get_args(Way)
MOST = 26
"""Most candidates that letters tell apart."""


class PromptedSettings(Searched):
    """A language model that is asked in words, and isn't trained (docs/baselines.md)."""

    model: Names
    """The path of a folder or GGUF file, OWNER/MODEL of the hub, or an address as https://HOST/v1#MODEL.

    The key of an address is in PEAPOD_LANGUAGE_MODEL_KEY, and stands nowhere else.
    """

    method: Annotated[tuple[Way, ...], one_or_more, Field(min_length=1)]
    """How it is asked: point, pair, list, llmrank, demonstrations, summary, partitions, texts, knowledge."""

    candidates: Counts
    """Items that are ranked anew, at most 26."""

    history: Counts
    """Newest items that a prompt shows."""

    @field_validator("candidates")
    @classmethod
    def _letters_suffice(cls, values: tuple[int, ...]) -> tuple[int, ...]:
        if max(values) > MOST:
            raise ValueError(f"at most {MOST} candidates, one a letter")
        return values
