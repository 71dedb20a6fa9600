"""Generated texts: the best of a free beam search."""

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
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import Question


def explain(
    model: PeaPOD,
    maker: BatchMaker,
    tokenizer: PromptTokenizer,
    questions: Sequence[Question],
    config: DecodingConfig,
    runtime: Runtime,
) -> list[tuple[str, float]]:
    """Return text and score for every question of a task that wants texts."""
    model = model.to(runtime.device).eval()
    constraint = LengthConstraint(len(tokenizer), tokenizer.eos, config.min_tokens, config.max_tokens)

    def explained(batch: Batch, _: Sequence[Question]) -> list[tuple[str, float]]:
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
        texts = [tokenizer.decode(ids) for ids in found.tokens[:, 0].cpu().numpy()]
        return list(zip(texts, found.scores[:, 0].tolist(), strict=True))

    return answer_in_batches(explained, maker, questions, config.batch_size, runtime)
