"""Generation with transformers alone: `generate` under a rule of which tokens may follow."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from benchmarks.shapes import EOS, PAD, t5_of
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.whole_words import WordTokens
from pipeline.tasks.base import Question

Tree = dict[int, Any]
Rule = Callable[[int, torch.Tensor], list[int]]
Rules = Callable[[Sequence[Question]], Rule | None]


def tree_of(answers: WordTokens, items: Sequence[int]) -> Tree:
    """Return the token sequences of items as nested dicts."""
    root: Tree = {}
    for item in items:
        node = root
        for token in answers[item].tolist():
            node = node.setdefault(token, {})
    return root


def rule(trees: Sequence[Tree]) -> Rule:
    """Return what may follow a prefix, by the tree of each sample."""

    def allowed(sample: int, prefix: torch.Tensor) -> list[int]:
        node = trees[sample]
        for token in prefix.tolist()[1:]:
            node = node.get(token, {})
        return list(node) or [PAD]

    return allowed


def items_of(answers: WordTokens) -> dict[tuple[int, ...], int]:
    """Return the item that each token sequence names."""
    return {tuple(answers[item].tolist()): item for item in range(len(answers))}


def ended(tokens: np.ndarray, eos: int) -> tuple[int, ...]:
    """Return a sequence up to its end-of-sequence token."""
    ids = tokens.tolist()
    return tuple(ids[: ids.index(eos) + 1])


@torch.no_grad()
def generated(
    model: PeaPOD,
    maker: BatchMaker,
    questions: Sequence[Question],
    batch_size: int,
    rules: Rules,
    beams: int,
    **options: Any,
) -> Iterator[tuple[Question, np.ndarray, np.ndarray]]:
    """Yield each question with its sequences [beams, T] and their scores [beams], best first."""
    ordered = sorted(questions, key=lambda question: len(question.items))
    for start in range(0, len(ordered), batch_size):
        chunk = ordered[start : start + batch_size]
        batch = maker.ask(chunk).to(model.whole_words.weight.device)
        embeddings, mask, _ = model.embed(batch)
        out = t5_of(model).generate(
            inputs_embeds=embeddings,
            attention_mask=mask,
            num_beams=beams,
            num_return_sequences=beams,
            early_stopping=False,
            do_sample=False,
            prefix_allowed_tokens_fn=rules(chunk),
            return_dict_in_generate=True,
            output_scores=True,
            pad_token_id=PAD,
            eos_token_id=EOS,
            decoder_start_token_id=PAD,
            **options,
        )
        sequences = out.sequences[:, 1:].view(len(chunk), beams, -1).cpu().numpy()
        scores = out.sequences_scores.view(len(chunk), beams).float().cpu().numpy()
        yield from zip(chunk, sequences, scores, strict=True)
