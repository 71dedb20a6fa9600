import pytest
from pydantic import ValidationError

from pipeline.embeddings.config import METHODS, NeighboursConfig
from tests.embeddings.settings import embeddings_config
from tools.closure import ROOT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"method": "svd"}, "method"),
        ({"dimensions": 0}, "dimensions"),
        ({"epochs": 0}, "epochs"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"pmf": {"variant": "cubic"}}, "pmf.variant"),
        ({"pmf": {"regularization": -0.1}}, "pmf.regularization"),
        ({"bivae": {"likelihood": "poisson"}}, "bivae.likelihood"),
        ({"bivae": {"hidden": 0}}, "bivae.hidden"),
    ],
)
def test_values_out_of_range_are_refused(changes, field):
    with pytest.raises(ValidationError) as caught:
        embeddings_config(**changes)
    assert [".".join(fault["loc"]) for fault in caught.value.errors()] == [field]


def test_neighbours_need_a_count_a_block_and_probes():
    with pytest.raises(ValidationError, match="3 validation errors"):
        NeighboursConfig(count=0, method="exact", block=0, probes=0)


def test_the_documentation_names_every_method_with_user_vectors():
    text = (ROOT / "docs/baselines.md").read_text(encoding="utf-8")
    section = text.split("## User vectors of a baseline")[1].split("\n## ")[0]
    assert [name for name in METHODS if f"`{name}`" not in section] == []
