"""Sections `tokenizer` and `prompts` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params import Section, dvc_path


def smallest_vocabulary(number_digits: int) -> int:
    """Fewest tokens of a scratch tokenizer: 3 specials, 2 prefixes, numbers, 85 characters and 50 words."""
    return 3 + 2 + sum(10**length for length in range(1, number_digits + 1)) + 85 + 50


class TokenizerConfig(Section):
    """How a scratch tokenizer is trained; a pretrained backbone brings its own."""

    vocabulary: int = Field(ge=200)
    number_digits: int = Field(ge=1, le=3)


class PromptsConfig(Section):
    """What stands in front of the text, and the text itself (sections 4.1 to 4.3)."""

    task: bool
    collaborative: Literal["attention", "mlp", "none"]
    heads: int = Field(ge=1)
    length: int = Field(ge=1)
    user_dropout: float = Field(ge=0, lt=1)
    standardize: bool
    task_length: int = Field(ge=1)
    templates: Annotated[str, dvc_path("pipeline/prompts/templates.yaml")]
    explanation_item: Literal["number", "id"]
    whole_words: int = Field(ge=2)
    history: int = Field(ge=1)
