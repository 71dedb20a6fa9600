"""What `train` chooses epochs by: answers to validation questions, measured as `evaluate` measures them."""

import numpy as np

from pipeline.decoding.validation import TOP, Metric, ValidationAnswers
from pipeline.evaluation.ranking import discounted_gains, relevant_ranks
from pipeline.evaluation.rouge import rouge
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.inputs import Inputs
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import WordTokens
from pipeline.randomness import generator
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import AnswerKind
from pipeline.training.config import TrainingConfig
from pipeline.training.material import trained_validation


def ndcg(lists: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return NDCG@10 of ranked items [N, 10] with one relevant item each, float64 [N]."""
    return discounted_gains(relevant_ranks(lists, wanted), TOP)


def rouge_l(texts: list[str], wanted: list[str]) -> np.ndarray:
    """Return ROUGE-L of texts, F1 x 100, float64 [N]."""
    return rouge(texts, wanted)["ROUGE-L"]


def hits(lists: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return whether the first of ranked items [N, 10] is the wanted one, as float64 [N]."""
    return (lists[:, 0] == wanted).astype(np.float64)


METRICS: dict[AnswerKind, tuple[str, Metric]] = {
    AnswerKind.ITEM: (f"NDCG@{TOP}", ndcg),
    AnswerKind.CHOICE: ("HR@1", hits),
    AnswerKind.TEXT: ("ROUGE-L", rouge_l),
}


def make_validation(
    model: PeaPOD,
    maker: BatchMaker,
    tokenizer: PromptTokenizer,
    items: WordTokens,
    inputs: Inputs,
    history: int,
    config: TrainingConfig,
    runtime: Runtime,
    seed: int,
) -> ValidationAnswers | None:
    """Return what answers validation questions, drawn by `seed`; None where epochs are chosen by loss."""
    if config.choose_by == "loss":
        return None
    rng = generator(seed, "validation answers")
    examples = trained_validation(inputs, history, config, config.validation_answers, rng, maker.tasks)
    longest = config.explanation_tokens
    return ValidationAnswers(model, maker, tokenizer, items, inputs, examples, longest, METRICS, runtime)
