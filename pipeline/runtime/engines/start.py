"""The engines that there are: what `runtime.engine` names."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines import local, ray
from pipeline.runtime.engines.base import Engine

ENGINES: Mapping[str, Callable[[RuntimeConfig, int, int], AbstractContextManager[Engine]]] = {
    "local": local.start,
    "ray": ray.start,
}
"""By name, as `RuntimeConfig` has them."""


def start_engine(config: RuntimeConfig, workers: int = 1, gpus: int = 0) -> AbstractContextManager[Engine]:
    """Return the engine that `config` names, for the time of a block.

    Args:
        config: names the engine.
        workers: processes of an engine that has no number of its own (local).
        gpus: GPUs that each task needs, for an engine that deals them out (ray).

    Raises ValueError where the engine isn't installed or doesn't answer.
    """
    return ENGINES[config.engine](config, workers, gpus)
