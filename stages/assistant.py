"""Stage `assistant NAME`: the trained model's recommendations with baseline NAME as its assistant."""

import sys
from pathlib import Path

import typer

from pipeline.artifacts import read_json, write_json, write_table
from pipeline.decoding.assistant import assisted, weigh
from pipeline.decoding.config import AssistantConfig, DecodingConfig
from pipeline.decoding.predict import test_questions
from pipeline.decoding.shards import Shards
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.recommenders.ranking.baseline import refitted
from pipeline.recommenders.ranking.probabilities import Probabilities
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.fingerprint import fingerprint
from pipeline.runtime.launch import start
from pipeline.runtime.publication import published
from pipeline.serving.predictor import Predictor
from pipeline.training.samples import validation_examples
from stages.fits import fit_of
from stages.prompt_inputs import dataset_files, read_dataset
from stages.recorded import recorded
from stages.splits import read_splits, split_files


class Params(Section):
    """What this stage reads of params.yaml; the baseline's settings stand in metrics/baselines/NAME.json."""

    seed: int
    decoding: DecodingConfig
    assistant: AssistantConfig
    runtime: RuntimeConfig


@clear_errors
def main(name: str, root: Path = Path()) -> dict[str, int]:
    """Write predictions/peapod_NAME and metrics/assistants/NAME.json; every path is below `root`."""
    fit = fit_of(name)
    settings = read_params(Params, root / "params.yaml")
    seed = settings.seed
    data = root / "data"
    bundle = root / "models/peapod"
    search = root / f"metrics/baselines/{name}.json"
    runtime = start("stages.assistant", settings.runtime)
    winner = read_json(search)["validation"]["settings"]
    scorer, counts = refitted(name, fit, winner, read_splits(data), seed)
    assistant = Probabilities(scorer, counts, generator(seed, "baseline", name))
    predictor = Predictor.load(bundle, settings.decoding, runtime)
    dataset = read_dataset(data)
    history = predictor.history
    most = settings.assistant.validation_answers
    tasks = predictor.tasks
    examples = validation_examples(dataset, history, most, generator(seed, "assistant"), tasks)
    lists = test_questions(dataset, history, generator(seed, "candidates order"), tasks)
    read = [*dataset_files(data), *split_files(data), search, bundle]
    key = fingerprint(settings, read, runtime, sys.modules)
    shards = Shards(root / f"runs/assistant@{name}" / key, settings.decoding.batch_size, runtime.processes)
    before, after = (
        predictor.recommender.changed(known, settings.decoding) for known in (dataset.train, dataset.known)
    )
    tried = weigh(before, assistant, examples, dataset.train, settings.assistant.weights, shards)
    answers = assisted(after, assistant, lists, tried, shards)
    if not runtime.processes.first:
        return {}
    with published(root, f"assistant@{name}", "predictions", "metrics/assistants") as (predictions, metrics):
        for task, table in answers.items():
            write_table(predictions / f"peapod_{name}/{task}.parquet", table.schema, table)
        for file in (predictions / f"peapod_{name}/assistant.json", metrics / f"{name}.json"):
            write_json(file, tried.record(name))
    shards.clear()
    return {"answers": sum(map(len, answers.values()))}


if __name__ == "__main__":
    typer.run(recorded(main))
