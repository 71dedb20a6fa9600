"""What a trained model is asked about the test split, and its answers as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import Recommender, recommendation_columns
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.inputs import Inputs
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime import Runtime
from pipeline.tasks.examples import Example, ExplanationExamples, next_item_examples, topn_example


@dataclass(frozen=True)
class TestQuestions:
    """What the model is asked about the test split.

    Attributes:
        sequential: the next item of every test user, of all items.
        topn: the same items, each among its candidates, which the prompt names.
        narrowed: the sequential questions, of which those candidates alone are answers: what the top-n task
            asks, without its prompt.
        explanation: the (user, item) pairs to explain.
    """

    sequential: list[Example]
    topn: list[Example]
    narrowed: list[Example]
    explanation: list[Example]

    def users(self) -> np.ndarray:
        """Return the test users, int64 [N]."""
        return np.array([one.user for one in self.sequential], dtype=np.int64)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.sequential) + len(self.topn) + len(self.narrowed) + len(self.explanation)


def test_questions(inputs: Inputs, history: int, rng: np.random.Generator) -> TestQuestions:
    """Return all questions of the test split; `rng` draws the order of candidates."""
    asked = next_item_examples(inputs.known, inputs.test, history)
    pools = [topn_example(one.user, one.answer, inputs.negatives[one.user], rng) for one in asked]
    pairs = ExplanationExamples(inputs.pairs["test"])
    return TestQuestions(
        sequential=asked,
        topn=pools,
        narrowed=[replace(one, pool=among.pool) for one, among in zip(asked, pools, strict=True)],
        explanation=[pairs.draw(index, rng) for index in range(len(pairs))],
    )


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
