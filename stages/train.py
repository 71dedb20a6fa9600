"""Stage `train`: prompts and backbone on the three tasks in turn, the weights of the best epoch."""

import sys
from pathlib import Path

import typer

from pipeline.backbones.config import ModelConfig
from pipeline.model.bundle import save_bundle
from pipeline.model.fresh import fresh_model
from pipeline.params import Section, read_params
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.inputs import make_batch_maker
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.randomness import seed_torch
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.fingerprint import fingerprint
from pipeline.runtime.launch import start
from pipeline.runtime.publication import published
from pipeline.training.config import TrainingConfig
from pipeline.training.curves import LiveCurves, training_summary, write_metrics
from pipeline.training.divergence import keeping_best
from pipeline.training.loop import train
from pipeline.training.material import make_material
from pipeline.training.objectives.registry import make_lesson
from pipeline.training.resume import SavedStates
from stages.people import read_people, read_taught, read_vectors, training_files
from stages.prompt_inputs import read_inputs
from stages.recorded import recorded
from stages.validation import make_validation


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    prompts: PromptsConfig
    model: ModelConfig
    training: TrainingConfig
    runtime: RuntimeConfig


@clear_errors
def main(root: Path = Path()) -> dict[str, int]:
    """Train, and write the bundle, the curves and a summary; every path is below `root`."""
    settings = read_params(Params, root / "params.yaml")
    data = root / "data"
    prompts = settings.prompts
    config = settings.training
    seed = settings.seed
    runtime = start("stages.train", settings.runtime)
    inputs = read_inputs(data)
    tokenizer = PromptTokenizer.load(root / "models/tokenizer")
    maker, items = make_batch_maker(inputs, tokenizer, prompts, config.explanation_tokens)
    seed_torch(seed, "weights")
    model = fresh_model(settings.model, prompts, tokenizer, *read_vectors(data), items)
    taught = read_taught(data, config.teacher_share)
    material = make_material(inputs, maker, model.backbone, prompts, len(tokenizer), config, seed, taught)
    model.prepare_training(runtime.device)
    asks = make_validation(model, maker, tokenizer, items, inputs, prompts.history, config, runtime, seed)
    lesson = make_lesson(model, config.objective, items, inputs.train, runtime.device)
    live = LiveCurves(root / "metrics/live")
    read = [*training_files(root), Path(prompts.templates), Path(settings.model.backbone)]
    unfinished = root / "runs/train" / fingerprint(settings, read, runtime, sys.modules)
    states = SavedStates(unfinished, config.save_every)
    with keeping_best(unfinished / "best", model, prompts, runtime):
        curves = train(model, material, config, runtime, tokenizer.pad, seed, states, asks, live.show, lesson)
    if not runtime.processes.first:
        return {}
    with published(root, "train", "models", "metrics") as (models, metrics):
        save_bundle(models / "peapod", model, prompts, tokenizer, read_people(data, inputs), inputs.explains)
        write_metrics(metrics, curves, training_summary(curves, model, material, config, tokenizer, inputs))
    states.clear()
    live.clear()
    return {"steps": curves.points[-1].epoch * material.steps.steps_per_epoch}


if __name__ == "__main__":
    typer.run(recorded(main))
