"""Section `runtime` of params.yaml; apart from `runtime`, so that reading parameters doesn't load torch."""

from typing import Literal

from pydantic import Field, model_validator

from pipeline.params import Section


class RuntimeConfig(Section):
    """Of train, generate, assistant, explanation baselines; the engine of explanations and identifiers."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto (CUDA where there is one), cpu or cuda."""

    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """auto (bf16 on CUDA, fp32 on the CPU), fp32 or bf16."""

    threads: int = Field(default=0, ge=0)
    """Threads of the CPU; 0: as many as torch takes by itself."""

    processes: int = Field(default=1, ge=1)
    """Processes that train and generate together, one per GPU (docs/scaling.md)."""

    launcher: Literal["none", "torchrun"] = "none"
    """torchrun: the stages start the processes; none: one, or what torchrun outside starts."""

    engine: Literal["local", "ray"] = "local"
    """What runs explanations, generate and the texts of identifiers: local (this machine) or ray.

    The same bytes either way (docs/scaling.md).
    """

    ray_address: str = ""
    """Cluster of engine ray, as host:port or auto; empty: one of `processes` workers is started here."""

    @property
    def of_engine(self) -> "RuntimeConfig":
        """For a stage whose shards go to the engine: ray has workers of its own in place of torchrun's."""
        return self if self.engine == "local" else self.model_copy(update={"launcher": "none"})

    def of_task(self, device: str) -> "RuntimeConfig":
        """What a task of the engine runs by on `device`: one process and thread of many."""
        alone = {"device": device, "threads": 1, "processes": 1, "engine": "local", "ray_address": ""}
        return self.of_engine.model_copy(update=alone)

    @model_validator(mode="after")
    def _somebody_starts_them(self) -> "RuntimeConfig":
        if self.processes > 1 and self.launcher == "none" and self.engine == "local":
            raise ValueError(
                f"processes is {self.processes}, but launcher none starts one: set launcher to torchrun, or "
                "processes to 1"
            )
        if self.ray_address and self.engine != "ray":
            raise ValueError(
                f"ray_address ({self.ray_address}) is of engine ray; engine is {self.engine}: set it to "
                "ray, or leave ray_address empty"
            )
        return self
