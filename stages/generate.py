"""Stage `generate`: the trained model's recommendations and explanations for the test split."""

from pathlib import Path

import numpy as np
import typer
from tqdm import tqdm

from pipeline.artifacts import write_table
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import Recommender, recommendation_columns
from pipeline.model.checkpoint import load_checkpoint
from pipeline.model.influence import influence_columns
from pipeline.params import Section, read_params
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.examples import ExplanationExamples, next_item_examples, topn_example
from pipeline.prompts.inputs import make_batch_maker
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.randomness import generator
from pipeline.runtime import RuntimeConfig, choose_runtime
from pipeline.tables import ATTENTION, GENERATED, RECOMMENDATIONS
from stages.errors import clear_errors
from stages.prompt_inputs import read_inputs


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    prompts: PromptsConfig
    decoding: DecodingConfig
    runtime: RuntimeConfig


@clear_errors
def main(
    params: Path = Path("params.yaml"),
    data: Path = Path("data"),
    tokens: Path = Path("models/tokenizer"),
    checkpoint: Path = Path("models/peapod"),
    out: Path = Path("predictions/peapod"),
) -> None:
    """Decode all test questions and write the predictions of the three tasks."""
    settings = read_params(Params, params)
    decoding, runtime = settings.decoding, choose_runtime(settings.runtime)
    inputs = read_inputs(data / "preprocessed", data / "numbering", data / "explanations")
    tokenizer = PromptTokenizer.load(tokens)
    maker, answers = make_batch_maker(inputs, tokenizer, settings.prompts, decoding.max_tokens)
    model = load_checkpoint(checkpoint)
    recommender = Recommender(
        model, maker, tokenizer, answers, inputs.item_numbers, inputs.known, decoding, runtime
    )

    rng = generator(settings.seed, "candidates order")
    asked = next_item_examples(inputs.known, inputs.test, settings.prompts.history)
    pools = [topn_example(one.user, one.answer, inputs.negatives[one.user], rng) for one in asked]
    for task, questions in (("sequential", asked), ("topn", pools)):
        rankings = tqdm(recommender.rank(questions), task, len(questions), unit="user", disable=None)
        columns = recommendation_columns(rankings)
        write_table(out / f"{task}.parquet", RECOMMENDATIONS, columns)

    asking = np.array([one.user for one in asked])
    write_table(out / "attention.parquet", ATTENTION, influence_columns(model, asking))

    pairs = inputs.pairs["test"]
    listed = ExplanationExamples(pairs)
    questions = [listed.draw(index, rng) for index in range(len(listed))]
    texts = explain(model, maker, tokenizer, questions, decoding, runtime)
    text, score = ([texts[answer][part] for answer in pairs.answers.tolist()] for part in (0, 1))
    generated = {"user": pairs.users, "item": pairs.items, "text": text, "score": score}
    write_table(out / "explanation.parquet", GENERATED, generated)


if __name__ == "__main__":
    typer.run(main)
