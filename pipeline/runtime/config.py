"""Section `runtime` of params.yaml; apart from `runtime`, so that reading parameters doesn't load torch."""

from typing import Literal

from pydantic import Field, model_validator

from pipeline.params import Section


class RuntimeConfig(Section):
    """Of the stages train, generate, assistant and the explanation baselines."""

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

    @model_validator(mode="after")
    def _somebody_starts_them(self) -> "RuntimeConfig":
        if self.processes > 1 and self.launcher == "none":
            raise ValueError(
                f"processes is {self.processes}, but launcher none starts one: set launcher to torchrun, or "
                "processes to 1"
            )
        return self
