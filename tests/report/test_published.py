import pytest

from pipeline.evaluation.schema.inputs import Sizes
from pipeline.report.published import matching_dataset, published_figures


def sizes(users, items, reviews):
    return Sizes(users=users, items=items, reviews=reviews, density_percent=0.1)


def test_only_equal_sizes_are_the_papers_dataset():
    assert matching_dataset(sizes(22363, 12101, 198502)) == "beauty"
    assert matching_dataset(sizes(19412, 11924, 167597)) == "toys"
    assert matching_dataset(sizes(35598, 18357, 296337)) == "sports"
    assert matching_dataset(sizes(22363, 12101, 198501)) is None


def test_figures_are_those_of_the_papers_main_tables():
    figures = published_figures("sequential", "beauty")
    assert figures["PeaPOD-PMF"] == {"HR@5": 0.0718, "NDCG@5": 0.0527, "HR@10": 0.0915, "NDCG@10": 0.0591}
    assert next(iter(figures)) == "Caser"
    assert published_figures("topn", "toys")["POD"]["HR@1"] == 0.0567
    # Table 5, not table 8, where the same model has 13.4532.
    assert published_figures("explanation", "beauty")["PeaPOD-PMF"]["ROUGE-1"] == 12.9759


@pytest.mark.parametrize("task", ["sequential", "topn", "explanation"])
def test_no_figures_for_other_datasets(task):
    assert published_figures(task, None) == {}
