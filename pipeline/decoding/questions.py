"""What a trained model is asked about the test split, and its answers as columns."""

from collections.abc import Sequence

import numpy as np

from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import Recommender, recommendation_columns
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.examples import Example, ExplanationExamples, next_item_examples, topn_example
from pipeline.prompts.inputs import Inputs
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime import Runtime


def test_questions(
    inputs: Inputs, history: int, rng: np.random.Generator
) -> tuple[list[Example], list[Example], list[Example]]:
    """Return the sequential, top-n and explanation questions; `rng` draws the order of candidates."""
    asked = next_item_examples(inputs.known, inputs.test, history)
    pools = [topn_example(one.user, one.answer, inputs.negatives[one.user], rng) for one in asked]
    pairs = ExplanationExamples(inputs.pairs["test"])
    return asked, pools, [pairs.draw(index, rng) for index in range(len(pairs))]


def ranked(recommender: Recommender, questions: Sequence[Example]) -> dict[str, list]:
    """Return the answers to recommendation questions as columns of schema RECOMMENDATIONS."""
    return recommendation_columns(recommender.rank(questions))


def explained(
    model: PeaPOD,
    maker: BatchMaker,
    tokenizer: PromptTokenizer,
    config: DecodingConfig,
    runtime: Runtime,
    questions: Sequence[Example],
) -> dict[str, list]:
    """Return the answers to explanation questions as columns of schema GENERATED."""
    found = explain(model, maker, tokenizer, questions, config, runtime)
    return {
        "user": [one.user for one in questions],
        "item": [int(one.items[0]) for one in questions],
        "text": [found[one.answer][0] for one in questions],
        "score": [found[one.answer][1] for one in questions],
    }
