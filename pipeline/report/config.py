"""Section `report` of params.yaml."""

from typing import Annotated

from pydantic import Field

from pipeline.params import Section, dvc_path


class ReportConfig(Section):
    """Its heading, and how much it shows."""

    title: str = Field(default="PeaPOD on the bundled sample", min_length=1)
    """The page's heading."""

    examples: int = Field(default=10, ge=0)
    """Test users shown with their lists and explanations."""

    extractions: int = Field(default=20, ge=0)
    """Extractions shown in their sentences."""

    sweeps: Annotated[str, dvc_path("experiments/results/sweeps.json")] = "experiments/results/sweeps.json"
    """Sweeps shown as figures (python -m experiments.tables)."""
