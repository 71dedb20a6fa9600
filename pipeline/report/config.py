"""Section `report` of params.yaml."""

from typing import Annotated

from pydantic import Field

from pipeline.params import Section, dvc_path


class ReportConfig(Section):
    """How the page is headed and how much it shows.

    Attributes:
        title: the page's heading.
        examples: users shown with their lists and explanations.
        extractions: features and opinions shown in their sentences.
        ablations: the JSON file of grids whose figures are shown (`python -m experiments.tables`).
    """

    title: str = Field(min_length=1)
    examples: int = Field(ge=0)
    extractions: int = Field(ge=0)
    ablations: Annotated[str, dvc_path("experiments/results/grids.json")]
