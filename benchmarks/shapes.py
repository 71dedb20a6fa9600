"""The models that are measured: two shapes with fresh weights, or a checkpoint."""

from pathlib import Path

import numpy as np
import torch
from transformers import T5Config

from pipeline.backbones.config import ModelConfig
from pipeline.backbones.t5.build import SCRATCH, build_backbone
from pipeline.model.assembly import assemble
from pipeline.model.checkpoint import load_checkpoint
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.randomness import generator, seed_torch

VOCABULARY, PAD, EOS = 32_128, 0, 1
_USER_WIDTH, _NEIGHBOURS = 512, 20

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
        backbone=SCRATCH,
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
    return build_model(shape, users=1).t5.config


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
        t5 = build_backbone(sizes, VOCABULARY, PAD, EOS, attention)
        vectors = torch.from_numpy(rng.normal(size=(users, _USER_WIDTH)).astype(np.float32))
        neighbours = torch.from_numpy(rng.integers(0, users, (users, _NEIGHBOURS)))
        return assemble(t5, PROMPTS, vectors, neighbours)
    if not Path(shape).is_dir():
        raise ValueError(f"--shape {shape!r}: one of {', '.join(SHAPES)} or a checkpoint folder wanted")
    model = load_checkpoint(Path(shape))
    known = users if model.user_context is None else len(model.user_context.vectors)
    if known < users:
        raise ValueError(f"--shape {shape}: the checkpoint knows {known} users, the data has {users}")
    model.t5.set_attn_implementation(attention)
    return model
