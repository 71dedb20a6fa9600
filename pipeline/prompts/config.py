"""Sections `tokenizer` and `prompts` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from pipeline.params import Section, dvc_path
from pipeline.prompts.presentation import Curriculum
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.registry import PEAPOD, tasks_named


def smallest_vocabulary(number_digits: int) -> int:
    """Fewest tokens of a scratch tokenizer: 3 specials, 2 prefixes, numbers, 85 characters and 50 words."""
    return 3 + 2 + sum(10**length for length in range(1, number_digits + 1)) + 85 + 50


class TokenizerConfig(Section):
    """Of a scratch tokenizer; a pretrained backbone brings its own."""

    vocabulary: int = Field(default=3000, ge=200)
    """Tokens, specials and number pieces among them."""

    number_digits: int = Field(default=3, ge=1, le=3)
    """Most digits of a number piece: 2 splits 7391 into 73 91, 3 into 7 391 (the paper: mostly 2)."""


class PromptsConfig(Section):
    """Sections 4.1 to 4.3 of the paper."""

    tasks: tuple[str, ...] = tuple(task.name for task in PEAPOD)
    """What is trained and asked: any of explanation, sequential, topn (PeaPOD's) and choice (LLaRA's)."""

    curriculum: Curriculum = "text_only"
    """How the choice task shows items: text_only (titles), id_only (vectors), or both by a curriculum.

    Vectors of data/embeddings behind titles: direct (always), paper (ever more often, LLaRA's), two_stage
    (after two fifths of the run), as_released, reversed (faults of the authors' code): docs/llara.md.
    """

    separator: str = ","
    """What the choice task has between items; "" for nothing, where each is told apart by its placeholder.

    A small tokenizer may spell a comma in two tokens.
    """

    item_vectors: bool = False
    """PeaPOD's tasks show an item by its vector of data/embeddings, in place of the first of its tokens.

    With identifiers.method atomic nothing of the item's own is read (E4SRec); with others its name goes on
    behind the vector (CoLLM).
    """

    projector: Literal["linear", "two_layer"] = "two_layer"
    """What maps vectors of items to the model's width: two layers, as in LLaRA, or one."""

    task: bool = True
    """Learned task vectors; false for the "no task" ablation."""

    collaborative: Literal["attention", "mlp", "none"] = "attention"
    """attention (PeaPOD), mlp (0 heads) or none (POD; with task false: the discrete prompt alone)."""

    heads: int = Field(default=4, ge=1)
    """H, heads of the collaborative attention (the paper: 4)."""

    length: int = Field(default=3, ge=1)
    """|p|, vectors of the collaborative prompt (the paper: 3)."""

    user_dropout: float = Field(default=0.25, ge=0, lt=1)
    """Share of training samples whose collaborative prompt sees nobody (the paper: 0).

    And of other samples' neighbours that are hidden: embeddings know the train items that training asks for.
    """

    trained_users: bool = False
    """User embeddings are trained with the model, from those of section `embeddings` on.

    The end-to-end architecture that the paper leaves to future work.
    """

    standardize: bool = True
    """Vectors of users and items to mean 0 and deviation 1 first; false: as they are, as in the papers."""

    task_length: int = Field(default=3, ge=1)
    """Vectors per task (the paper: 3)."""

    templates: Annotated[str, dvc_path("pipeline/prompts/templates.yaml")] = "pipeline/prompts/templates.yaml"
    """Wordings of the discrete prompts."""

    explanation_item: Literal["number", "id"] = "number"
    """How the explanation prompt names its item: number, or the raw id, as the authors' code does."""

    whole_words: int = Field(default=512, ge=2)
    """Rows of the whole-word table, the most IDs in one input plus one (the paper: 512)."""

    history: int = Field(default=20, ge=1)
    """Most items of a sequential input; longer histories keep their newest."""

    @property
    def show_vectors(self) -> bool:
        """Whether vectors of items stand in prompts, at some step."""
        return self.item_vectors or self.has_curriculum

    @property
    def has_curriculum(self) -> bool:
        """Whether it changes from step to step how items are shown, or they are shown by vectors alone."""
        return CHOICE.name in self.tasks and self.curriculum != "text_only"

    @field_validator("tasks")
    @classmethod
    def _tasks_there_are(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        tasks_named(names)
        return names
