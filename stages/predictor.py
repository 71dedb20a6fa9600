"""A predictor of what stage `train` left in the workspace."""

import os
from pathlib import Path

from pipeline.data.config import DatasetConfig
from pipeline.data.pseudonyms import user_namer
from pipeline.decoding.config import DecodingConfig
from pipeline.model.bundle import HEAD, check_bundle
from pipeline.params import Section, read_params
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import choose_runtime
from pipeline.serving.predictor import Predictor


class Params(Section):
    """What a predictor needs of params.yaml."""

    dataset: DatasetConfig
    decoding: DecodingConfig
    runtime: RuntimeConfig


def read_predictor(root: Path = Path()) -> Predictor:
    """Load the bundle of the workspace `root` with the settings of its params.yaml, or one that is `root`.

    Raises ArtifactError where `train` hasn't run, and DatasetError where users have pseudonyms and the key
    is missing.
    """
    if (root / HEAD).is_file():
        return Predictor.load(root)
    bundle = root / "models/peapod"
    check_bundle(bundle)
    settings = read_params(Params, root / "params.yaml")
    return Predictor.load(
        bundle,
        settings.decoding,
        choose_runtime(settings.runtime),
        user_namer(settings.dataset.pseudonymize, os.environ),
    )
