"""A predictor of what the stages left in the workspace."""

import os
from pathlib import Path

from pipeline.artifacts import ArtifactError, list_matrix, read_table
from pipeline.data.config import DatasetConfig
from pipeline.data.pseudonyms import user_namer
from pipeline.decoding.config import DecodingConfig
from pipeline.model.checkpoint import WEIGHTS, load_checkpoint
from pipeline.params import Section, read_params
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime import RuntimeConfig, choose_runtime
from pipeline.serving.newcomers import Newcomers
from pipeline.serving.predictor import Predictor
from pipeline.tables import ITEM_VECTORS, USER_VECTORS, USERS
from stages.prompt_inputs import read_inputs


class Params(Section):
    """What a predictor needs of params.yaml."""

    dataset: DatasetConfig
    prompts: PromptsConfig
    decoding: DecodingConfig
    runtime: RuntimeConfig


def read_predictor(root: Path = Path()) -> Predictor:
    """Read the model and its data from the workspace `root`.

    Raises ArtifactError where a stage hasn't run, and DatasetError where users have pseudonyms and the key
    is missing.
    """
    data = root / "data"
    checkpoint = root / "models/peapod"
    if not (checkpoint / WEIGHTS).is_file():
        raise ArtifactError(f"{checkpoint}: no trained model; make repro (or dvc repro train) makes one")
    settings = read_params(Params, root / "params.yaml")
    inputs = read_inputs(data)
    user_vectors = read_table(data / "embeddings/users.parquet", USER_VECTORS)["vector"]
    item_vectors = read_table(data / "embeddings/items.parquet", ITEM_VECTORS)["vector"]
    return Predictor(
        users=read_table(data / "preprocessed/users.parquet", USERS)["user_id"].to_pylist(),
        inputs=inputs,
        model=load_checkpoint(checkpoint),
        tokenizer=PromptTokenizer.load(root / "models/tokenizer"),
        prompts=settings.prompts,
        decoding=settings.decoding,
        runtime=choose_runtime(settings.runtime),
        newcomers=Newcomers(list_matrix(user_vectors), list_matrix(item_vectors), inputs.train),
        named=user_namer(settings.dataset.pseudonymize, os.environ),
    )
