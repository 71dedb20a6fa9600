"""Stage `generate`: the trained model's recommendations and explanations for the test split."""

import sys
from pathlib import Path

import typer

from pipeline.artifacts import atomic_folder, make_table, write_table
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.predict import Answerer, test_questions
from pipeline.decoding.recommend import Recommender
from pipeline.decoding.shards import Shards
from pipeline.fingerprint import fingerprint
from pipeline.model.checkpoint import load_checkpoint
from pipeline.model.influence import influence_columns
from pipeline.params import Section, read_params
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.inputs import make_batch_maker
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.randomness import generator
from pipeline.runtime import RuntimeConfig, choose_runtime
from pipeline.tables import ATTENTION
from stages.errors import clear_errors
from stages.launch import start
from stages.prompt_inputs import input_files, read_inputs
from stages.provenance import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    prompts: PromptsConfig
    decoding: DecodingConfig
    runtime: RuntimeConfig


@clear_errors
def main(root: Path = Path()) -> dict[str, int]:
    """Decode all test questions and write the predictions of the three tasks; every path is below `root`."""
    settings = read_params(Params, root / "params.yaml")
    data = root / "data"
    tokens = root / "models/tokenizer"
    checkpoint = root / "models/peapod"
    start("stages.generate", settings.runtime)
    prompts = settings.prompts
    decoding = settings.decoding
    runtime = choose_runtime(settings.runtime)
    inputs = read_inputs(data)
    tokenizer = PromptTokenizer.load(tokens)
    maker, answers = make_batch_maker(inputs, tokenizer, prompts, decoding.max_tokens)
    model = load_checkpoint(checkpoint)
    recommender = Recommender(model, maker, tokenizer, answers, inputs.known, decoding, runtime)
    answerer = Answerer(model, maker, tokenizer, recommender, decoding, runtime)
    lists = test_questions(inputs, prompts.history, generator(settings.seed, "candidates order"))
    read = [*input_files(data), tokens, checkpoint, Path(prompts.templates)]
    key = fingerprint(settings, read, runtime, sys.modules)
    shards = Shards(root / "runs/generate" / key, decoding.batch_size, runtime.processes)
    tables = {one.name: answerer.table(one, shards) for one in lists}
    tables["attention"] = make_table(ATTENTION, influence_columns(model, inputs.test.users()))
    if not runtime.processes.first:
        return {}
    with atomic_folder(root / "predictions/peapod") as folder:
        for name, table in tables.items():
            write_table(folder / f"{name}.parquet", table.schema, table)
    shards.clear()
    return {"answers": sum(len(one.questions) for one in lists)}


if __name__ == "__main__":
    typer.run(recorded(main))
