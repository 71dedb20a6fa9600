"""A few titles, a tokenizer that knows the placeholder, and prompts of the choice task."""

import functools
from pathlib import Path

import numpy as np
import torch

from pipeline.backbones.base import Backbone
from pipeline.model.assembly import assemble
from pipeline.model.parts.behaviour import standardize_items
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker, item_answers
from pipeline.prompts.choice import ChoiceEncoder
from pipeline.prompts.presentation import Presentation
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer, train_tokenizer
from pipeline.tasks.base import Example, Question
from pipeline.tasks.choice import CHOICE, PLACEHOLDER
from tests.tiny import SENTENCES, prompts_config

TITLES = ("the strings", "a cheap cable", "the stand", "after a week", "great tone", "warm and last long")
TEMPLATES = Path("pipeline/prompts/choice.yaml")


@functools.cache
def choice_tokenizer() -> PromptTokenizer:
    """A tokenizer of our own training with the placeholder."""
    tokenizer = PromptTokenizer(train_tokenizer(SENTENCES * 3, 300, 2))
    tokenizer.add_symbols([PLACEHOLDER])
    return tokenizer


def assemble_llara(
    backbone: Backbone, vectors: torch.Tensor, projector: str = "two_layer", standardized: bool = True
) -> PeaPOD:
    """LLaRA without PeaPOD's prompts around a backbone, over item vectors [I, W]."""
    changes = {"tasks": ("choice",), "curriculum": "paper", "task": False, "collaborative": "none"}
    shown = standardize_items(vectors) if standardized else vectors
    nobody = torch.zeros(0, 1)
    return assemble(backbone, prompts_config(projector=projector, **changes), nobody, nobody, shown)


def choice_maker(presentation: Presentation) -> BatchMaker:
    """What makes batches of the titles."""
    tokenizer = choice_tokenizer()
    return BatchMaker(
        {CHOICE: ChoiceEncoder(tokenizer, TITLES, presentation)},
        read_templates(TEMPLATES, (CHOICE,)),
        {CHOICE: item_answers(tokenizer, TITLES)},
        tokenizer.pad,
    )


def choice_examples(count: int = 3, seed: int = 0) -> list[Example]:
    """Examples whose answer follows the last item of the history by one."""
    rng = np.random.default_rng(seed)
    found = []
    for user in range(count):
        history = rng.permutation(len(TITLES))[:3].astype(np.int32)
        target = int(history[-1] + 1) % len(TITLES)
        pool = rng.permutation(len(TITLES)).astype(np.int32)
        found.append(Example(Question(CHOICE, user, history, pool), target))
    return found
