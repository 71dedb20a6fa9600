"""Stage `generate`: the trained model's recommendations and explanations for the test split."""

import sys
from pathlib import Path

import typer

from pipeline.artifacts import atomic_folder, make_table, write_table
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.predict import answer_table, test_questions
from pipeline.decoding.shards import Shards
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.start import start_engine
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.fingerprint import fingerprint
from pipeline.runtime.launch import start
from pipeline.serving.elsewhere import BundleAnswers
from pipeline.serving.predictor import Predictor
from pipeline.tables import ATTENTION
from stages.questions import read_tests, test_files
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    decoding: DecodingConfig
    runtime: RuntimeConfig


@clear_errors
def main(root: Path = Path()) -> dict[str, int]:
    """Decode all test questions and write the predictions of the three tasks; every path is below `root`."""
    settings = read_params(Params, root / "params.yaml")
    data = root / "data"
    bundle = root / "models/peapod"
    runtime = start("stages.generate", settings.runtime.of_engine)
    predictor = Predictor.load(bundle, settings.decoding, runtime)
    tasks = predictor.tasks
    dataset = read_tests(data, tasks)
    rng = generator(settings.seed, "candidates order")
    lists = test_questions(dataset, predictor.history, rng, tasks)
    key = fingerprint(settings, [*test_files(data, tasks), bundle], runtime, sys.modules)
    device = runtime.device.type
    with start_engine(settings.runtime, gpus=int(device == "cuda")) as engine:
        shards = Shards(root / "runs/generate" / key, settings.decoding.batch_size, runtime.processes, engine)
        elsewhere = BundleAnswers(bundle.resolve(), settings.decoding, settings.runtime.of_task(device))
        answer = predictor.answerer.answer if engine.here else elsewhere.answer
        tables = {one.name: answer_table(one, answer, shards) for one in lists}
    tables["attention"] = make_table(ATTENTION, predictor.influences(dataset.test.users()))
    if not runtime.processes.first:
        return {}
    with atomic_folder(root / "predictions/peapod") as folder:
        for name, table in tables.items():
            write_table(folder / f"{name}.parquet", table.schema, table)
    shards.clear()
    return {"answers": sum(len(one.questions) for one in lists)}


if __name__ == "__main__":
    typer.run(recorded(main))
