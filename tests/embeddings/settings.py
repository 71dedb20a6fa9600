"""A small EmbeddingsConfig for tests, changed in single keys."""

from typing import Any

from pipeline.embeddings.config import EmbeddingsConfig


def embeddings_config(
    pmf: dict[str, Any] | None = None, bivae: dict[str, Any] | None = None, **changes: Any
) -> EmbeddingsConfig:
    settings: dict[str, Any] = {"method": "pmf", "dimensions": 8, "epochs": 30, "learning_rate": 0.01}
    settings["pmf"] = {"variant": "linear", "feedback": "ones", "regularization": 0.001} | (pmf or {})
    settings["bivae"] = {"hidden": 16, "batch_size": 8, "likelihood": "pois"} | (bivae or {})
    return EmbeddingsConfig.model_validate(settings | changes)
