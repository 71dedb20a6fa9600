"""Generated explanations: the best of a free beam search."""

from collections.abc import Sequence

from pipeline.backbones.begin import begin
from pipeline.decoding.batches import answer_in_batches
from pipeline.decoding.beam_search import beam_search
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.constraints import LengthConstraint
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime import Runtime
from pipeline.tasks.examples import Example

Texts = dict[int, tuple[str, float]]
"""Text and score by answer index."""


def explain(
    model: PeaPOD,
    maker: BatchMaker,
    tokenizer: PromptTokenizer,
    examples: Sequence[Example],
    config: DecodingConfig,
    runtime: Runtime,
) -> Texts:
    """Return text and score for the answer index of every example (explanation task)."""
    model = model.to(runtime.device).eval()
    constraint = LengthConstraint(len(tokenizer), tokenizer.eos, config.min_tokens, config.max_tokens)

    def explained(batch: Batch, chunk: Sequence[Example]) -> Texts:
        found = beam_search(
            begin(model.backbone, model.embed(batch)),
            constraint,
            len(batch),
            config.explanation_beams,
            tokenizer.eos,
            tokenizer.pad,
            config.length_penalty,
            runtime.device,
        )
        best = zip(chunk, found.tokens[:, 0].cpu().numpy(), found.scores[:, 0].tolist(), strict=True)
        return {example.answer: (tokenizer.decode(ids), score) for example, ids, score in best}

    texts: Texts = {}
    for some in answer_in_batches(explained, maker, examples, config.batch_size, runtime):
        texts |= some
    return texts
