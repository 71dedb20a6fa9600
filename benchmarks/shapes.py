"""The models that are measured: two shapes with fresh weights, or a checkpoint."""

from pathlib import Path

import numpy as np
import torch
from transformers import T5Config, T5ForConditionalGeneration

from pipeline.backbones.config import ModelConfig
from pipeline.backbones.t5.backbone import NAME, T5Backbone
from pipeline.backbones.t5.build import fresh
from pipeline.model.assembly import assemble, user_context_of
from pipeline.model.checkpoint import load_checkpoint
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.randomness import generator, seed_torch

VOCABULARY = 32_128
PAD = 0
EOS = 1
_USER_WIDTH = 512
_NEIGHBOURS = 20

PROMPTS = PromptsConfig(
    task=True,
    collaborative="attention",
    heads=4,
    length=3,
    user_dropout=0.0,
    standardize=True,
    task_length=3,
    templates="pipeline/prompts/templates.yaml",
    explanation_item="number",
    whole_words=512,
    history=20,
)
"""The paper's prompts."""


def _config(d_model: int, d_ff: int, layers: int, heads: int, d_kv: int) -> ModelConfig:
    return ModelConfig(
        backbone=NAME,
        d_model=d_model,
        d_ff=d_ff,
        d_kv=d_kv,
        heads=heads,
        layers=layers,
        # T5's own scale: scores of fresh weights are far enough apart to be ranked alike by two programs.
        embedding_scale=1.0,
        dropout=0.0,
        attention_dropout=0.0,
    )


SHAPES = {
    "d128": _config(d_model=128, d_ff=512, layers=3, heads=4, d_kv=32),
    "t5-small": _config(d_model=512, d_ff=2048, layers=6, heads=8, d_kv=64),
}
"""Sizes by name; the vocabulary is T5's, 32,128 tokens."""


def vocabulary_of(shape: str) -> int:
    """Return the tokens that a shape, or the checkpoint of that folder, knows."""
    return config_of(shape).vocab_size


def config_of(shape: str) -> T5Config:
    """Return the T5's configuration; raises as `build_model` does."""
    return t5_of(build_model(shape, users=1)).config


def build_model(
    shape: str, users: int, attention: str = "sdpa", seed: int = 0, dropout: float = 0.0
) -> PeaPOD:
    """Return PeaPOD of a shape, with fresh weights over random embeddings of `users`, or a checkpoint's.

    `attention` is the T5's attention implementation; a checkpoint keeps its own dropout. Raises ValueError
    when `shape` names neither a shape nor a folder, or when the checkpoint knows fewer users.
    """
    if shape in SHAPES:
        seed_torch(seed, "benchmark")
        rng = generator(seed, "benchmark")
        sizes = SHAPES[shape].model_copy(update={"dropout": dropout, "attention_dropout": dropout})
        backbone = fresh(sizes, VOCABULARY, PAD, EOS)
        backbone.t5.set_attn_implementation(attention)
        vectors = torch.from_numpy(rng.normal(size=(users, _USER_WIDTH)).astype(np.float32))
        neighbours = torch.from_numpy(rng.integers(0, users, (users, _NEIGHBOURS)))
        return assemble(backbone, PROMPTS, vectors, neighbours)
    if not Path(shape).is_dir():
        raise ValueError(f"--shape {shape!r}: one of {', '.join(SHAPES)} or a checkpoint folder wanted")
    model = load_checkpoint(Path(shape))
    context = user_context_of(model)
    known = users if context is None else len(context.vectors)
    if known < users:
        raise ValueError(f"--shape {shape}: the checkpoint knows {known} users, the data has {users}")
    t5_of(model).set_attn_implementation(attention)
    return model


def t5_of(model: PeaPOD) -> T5ForConditionalGeneration:
    """Return the T5 under a model; transformers' own generation and loss are measured on it."""
    assert isinstance(model.backbone, T5Backbone)
    return model.backbone.t5
