"""A dozen users, a two-layer T5 and a tokenizer trained on a few sentences: what tests build models from."""

import functools

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration, T5Tokenizer

from pipeline.backbones.base import Backbone
from pipeline.backbones.causal.backbone import CausalBackbone
from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.model.assembly import assemble
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker, item_answers, text_answers
from pipeline.prompts.batches import Batch
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.templates import Template
from pipeline.prompts.tokenizer import PromptTokenizer, train_tokenizer
from pipeline.prompts.whole_words import PromptEncoder, WordTokens
from pipeline.tasks.base import Task
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN

USERS, USER_WIDTH, NEIGHBOURS, WIDTH = 12, 10, 4, 16

SENTENCES = (
    "the strings sound warm and last long",
    "a cheap cable that broke after a week",
    "great tone for the price",
    "the stand is sturdy but heavy",
    "Which of these suits the user best ?",
)


@functools.cache
def scratch_tokenizer(digits: int = 2) -> PromptTokenizer:
    """A tokenizer of our own training."""
    return PromptTokenizer(train_tokenizer(SENTENCES * 3, 300 if digits < 3 else 1400, digits))


@functools.cache
def t5_tokenizer() -> PromptTokenizer:
    """A tokenizer of transformers' T5 class that splits IDs as the published T5 does: item _ 73 91."""
    words = ["▁user", "▁item", "_", "▁What", "▁does", "▁think", "▁of", "▁?", "▁"]
    pieces = [
        *words,
        *(str(n) for n in range(100)),
        *(f"{n:02}" for n in range(10)),
        *"abcdefghijklmnopqrstuvwxyzW?",
    ]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((piece, -3.0) for piece in pieces)]
    return PromptTokenizer(T5Tokenizer(vocab=vocabulary, extra_ids=0))


def tiny_t5(seed: int = 0, vocabulary: int = 300, **changes: object) -> T5ForConditionalGeneration:
    """A T5 with fresh weights, in evaluation mode."""
    torch.manual_seed(seed)
    sizes = {
        "d_model": WIDTH,
        "d_ff": 32,
        "d_kv": 4,
        "num_heads": 4,
        "num_layers": 2,
        "decoder_start_token_id": 0,
    }
    return T5ForConditionalGeneration(T5Config(vocab_size=vocabulary, **(sizes | changes))).eval()


def tiny_llama(seed: int = 0, vocabulary: int = 300, **changes: object) -> LlamaForCausalLM:
    """A Llama with fresh weights, in evaluation mode; two heads share keys and values."""
    torch.manual_seed(seed)
    sizes = {
        "hidden_size": WIDTH,
        "intermediate_size": 32,
        "head_dim": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "num_hidden_layers": 2,
        "initializer_range": 0.2,
        "pad_token_id": 0,
        "bos_token_id": None,
        "eos_token_id": 1,
    }
    return LlamaForCausalLM(LlamaConfig(vocab_size=vocabulary, **(sizes | changes))).eval()


BACKBONES = ("t5", "llama")
DEFAULT = "t5"
"""What `tiny_model` stands on; fixture `every_backbone` changes it."""


def tiny_backbone(name: str = "t5", seed: int = 0, vocabulary: int = 300, **changes: object) -> Backbone:
    """A backbone of each kind, in evaluation mode."""
    if name == "llama":
        dropout = changes.pop("dropout_rate", 0.0)
        assert isinstance(dropout, float)
        return CausalBackbone(tiny_llama(seed, vocabulary, **changes), dropout).eval()
    return T5Backbone(tiny_t5(seed, vocabulary, **changes)).eval()


def prompts_config(**changes: object) -> PromptsConfig:
    """The default prompts, with changes."""
    values = {
        "task": True,
        "collaborative": "attention",
        "heads": 4,
        "length": 3,
        "user_dropout": 0.0,
        "standardize": True,
        "task_length": 3,
        "templates": "pipeline/prompts/templates.yaml",
        "explanation_item": "number",
        "whole_words": 64,
        "history": 20,
    }
    return PromptsConfig(**(values | changes))


def tiny_model(
    seed: int = 0, vocabulary: int = 300, dropout: float = 0.1, name: str = "", **changes: object
) -> PeaPOD:
    """PeaPOD, or an ablation by `changes` of the prompts, over random user embeddings."""
    backbone = tiny_backbone(name or DEFAULT, seed, vocabulary, dropout_rate=dropout)
    vectors = torch.randn(USERS, USER_WIDTH)
    neighbours = torch.randint(0, USERS, (USERS, NEIGHBOURS))
    return assemble(backbone, prompts_config(**changes), vectors, neighbours).eval()


def logits(model: PeaPOD, batch: Batch) -> torch.Tensor:
    """The log-probabilities of all tokens where the batch has labels, [M, V]."""
    backbone = model.backbone
    states, _ = backbone.predictions(model.embed(batch), batch.labels)
    return (states @ backbone.projection.T).log_softmax(-1)


def tiny_batch(seed: int = 0, task: Task = SEQUENTIAL, vocabulary: int = 300) -> Batch:
    """Random tokens of different lengths, with labels."""
    rng = torch.Generator().manual_seed(seed)
    mask = torch.ones(4, 9, dtype=torch.int64)
    mask[1, 6:], mask[3, 4:] = 0, 0
    labels = torch.randint(3, vocabulary, (4, 5), generator=rng)
    labels[2, 3:] = -100
    return Batch(
        task,
        torch.tensor([0, 5, 2, 11]),
        torch.randint(3, vocabulary, (4, 9), generator=rng) * mask,
        torch.randint(0, 6, (4, 9), generator=rng) * mask,
        mask,
        labels,
    )


def tiny_maker(
    items: int = 30, texts: tuple[str, ...] = SENTENCES
) -> tuple[BatchMaker, WordTokens, np.ndarray]:
    """A batch maker over `USERS` users and items numbered in reverse, the answers, the numbers."""
    tokenizer = scratch_tokenizer()
    numbers = np.arange(items, 0, -1)
    users = [f"user_{n + 1}" for n in range(USERS)]
    encoder = PromptEncoder(tokenizer, users, [f"item_{n}" for n in numbers], 512)
    answers = item_answers(tokenizer, [str(n) for n in numbers])
    templates = {
        EXPLANATION: (Template(("{user}", "{item}")),),
        SEQUENTIAL: (Template(("{user}", "{history}")),),
        TOPN: (
            Template(("{user}", "{candidates}")),
            Template(("Which", "of", "{candidates}", "suits", "{user}")),
        ),
    }
    return (
        BatchMaker(
            dict.fromkeys(PEAPOD, encoder),
            templates,
            {
                EXPLANATION: text_answers(tokenizer, texts, 20),
                SEQUENTIAL: answers,
                TOPN: answers,
            },
            tokenizer.pad,
        ),
        answers,
        numbers,
    )
