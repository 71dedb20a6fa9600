"""Generated explanations: the best of a free beam search."""

from collections.abc import Sequence

import torch
from tqdm import tqdm

from pipeline.decoding.beam_search import beam_search
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.languages import FreeLanguage
from pipeline.decoding.recommend import in_batches, prepared
from pipeline.model.incremental import IncrementalDecoder
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.examples import Example
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime import Runtime


@torch.no_grad()
def explain(
    model: PeaPOD,
    maker: BatchMaker,
    tokenizer: PromptTokenizer,
    examples: Sequence[Example],
    config: DecodingConfig,
    runtime: Runtime,
) -> dict[int, tuple[str, float]]:
    """Return text and score for the answer index of every example (explanation task)."""
    model = prepared(model, runtime)
    language = FreeLanguage(len(tokenizer), tokenizer.eos, config.min_tokens, config.max_tokens)
    texts: dict[int, tuple[str, float]] = {}
    for chunk in tqdm(
        list(in_batches(examples, config.batch_size)), "explanation", unit="batch", disable=None
    ):
        batch = maker.make(chunk).to(runtime.device)
        with runtime.autocasting():
            decoder = IncrementalDecoder(model.t5, *model.encode(batch))
            found = beam_search(
                decoder,
                language,
                len(batch),
                config.explanation_beams,
                tokenizer.eos,
                tokenizer.pad,
                config.length_penalty,
                runtime.device,
            )
        best = zip(chunk, found.tokens[:, 0].cpu().numpy(), found.scores[:, 0].tolist(), strict=True)
        texts.update({example.answer: (tokenizer.decode(ids), score) for example, ids, score in best})
    return texts
