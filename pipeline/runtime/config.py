"""Section `runtime` of params.yaml; apart from `runtime`, so that reading parameters doesn't load torch."""

from typing import Literal

from pydantic import Field, model_validator

from pipeline.params import Section


class RuntimeConfig(Section):
    """Section `runtime` of params.yaml.

    Attributes:
        processes: how many processes train and generate.
        launcher: `torchrun` starts them on this machine; with `none` whoever starts the stage does.
    """

    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    threads: int = Field(default=0, ge=0)
    processes: int = Field(default=1, ge=1)
    launcher: Literal["none", "torchrun"] = "none"

    @model_validator(mode="after")
    def _somebody_starts_them(self) -> "RuntimeConfig":
        if self.processes > 1 and self.launcher == "none":
            raise ValueError(
                f"processes is {self.processes}, but launcher none starts one: set launcher to torchrun, or "
                "processes to 1"
            )
        return self
