"""What is left of a run that diverged: the weights of its best epoch."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.model.checkpoint import save_checkpoint
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.runtime.device import Runtime
from pipeline.training.progress import DivergedError


@contextmanager
def keeping_best(folder: Path, model: PeaPOD, prompts: PromptsConfig, runtime: Runtime) -> Iterator[None]:
    """Let `train` diverge within, and then save the best weights as a checkpoint in `folder`.

    Raises DivergedError as it came, with the place of that checkpoint, if any epoch had ended.
    """
    try:
        yield
    except DivergedError as error:
        if not error.best_epoch or not runtime.processes.first:
            raise
        save_checkpoint(folder, model, prompts)
        raise DivergedError(
            f"{error}. The weights of epoch {error.best_epoch}, the best, are in {folder}", error.best_epoch
        ) from None
