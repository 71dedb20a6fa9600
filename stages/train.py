"""Stage `train`: prompts and T5 on the three tasks in turn, best weights by validation loss."""

from pathlib import Path

import torch
import typer

from pipeline.artifacts import list_matrix, read_table, write_json
from pipeline.model.assembly import assemble, standardize
from pipeline.model.backbone import build_backbone
from pipeline.model.checkpoint import save_checkpoint
from pipeline.model.config import ModelConfig
from pipeline.params import Section, read_params
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.inputs import make_batch_maker
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.randomness import generator, seed_torch
from pipeline.runtime import RuntimeConfig, choose_runtime
from pipeline.tables import NEIGHBOURS, USER_VECTORS
from pipeline.training.config import TrainingConfig
from pipeline.training.curves import training_summary, write_curves
from pipeline.training.loop import train
from pipeline.training.mixture import Mixture
from pipeline.training.samples import training_examples, validation_batches
from stages.errors import clear_errors
from stages.logs import log_to_stderr
from stages.prompt_inputs import read_inputs


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    prompts: PromptsConfig
    model: ModelConfig
    training: TrainingConfig
    runtime: RuntimeConfig


@clear_errors
def main(
    params: Path = Path("params.yaml"),
    data: Path = Path("data"),
    tokens: Path = Path("models/tokenizer"),
    out: Path = Path("models/peapod"),
    metrics: Path = Path("metrics"),
) -> None:
    """Train, and write the checkpoint, the loss curves and a summary."""
    log_to_stderr()
    settings = read_params(Params, params)
    prompts, config, seed = settings.prompts, settings.training, settings.seed
    runtime = choose_runtime(settings.runtime)
    inputs = read_inputs(data / "preprocessed", data / "numbering", data / "explanations")
    vectors = torch.tensor(list_matrix(read_table(data / "embeddings/users.parquet", USER_VECTORS)["vector"]))
    similar = read_table(data / "neighbours/neighbours.parquet", NEIGHBOURS)["neighbours"]
    tokenizer = PromptTokenizer.load(tokens)

    maker, _ = make_batch_maker(inputs, tokenizer, prompts, config.explanation_tokens)
    mixture = Mixture(training_examples(inputs, prompts.history), maker, config.batch_size, seed)
    rng = generator(seed, "validation")
    validation = validation_batches(inputs, maker, prompts.history, config.batch_size, rng)
    seed_torch(seed, "weights")
    t5 = build_backbone(settings.model, len(tokenizer), tokenizer.pad, tokenizer.eos)
    users = standardize(vectors) if prompts.standardize else vectors
    model = assemble(t5, prompts, users, torch.tensor(list_matrix(similar)))
    model.prepare_training(runtime.device)
    curves = train(model, mixture, validation, config, runtime, tokenizer.pad, seed)

    save_checkpoint(out, model, prompts)
    write_curves(metrics / "curves.csv", curves)
    write_json(metrics / "training.json", training_summary(curves, model, mixture.steps_per_epoch))


if __name__ == "__main__":
    typer.run(main)
