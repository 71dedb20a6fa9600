import pytest

from pipeline.report.inconsistencies import doubts
from pipeline.report.published import SIZE_TABLES, published_figures


def test_ndcg_above_the_hit_rate():
    (found,) = doubts("sequential", "toys")
    assert (found.method, found.metrics) == ("P5", ("HR@5", "NDCG@5"))
    assert "NDCG@5 0.0567 stands above HR@5 0.0460" in found.reason


@pytest.mark.parametrize("dataset", ["sports", "beauty", "toys"])
def test_one_model_with_two_figures(dataset):
    (found,) = doubts("explanation", dataset)
    assert found.method == "PeaPOD-PMF"
    assert found.metrics == ("BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L")


@pytest.mark.parametrize("dataset", ["sports", "beauty", "toys"])
def test_the_table_of_sizes_is_doubted_by_the_main_one(dataset):
    (found,) = doubts("explanation", dataset, SIZE_TABLES)
    (main,) = doubts("explanation", dataset)
    assert found.method == "PeaPOD-PMF (small)"
    assert found.metrics == main.metrics
    assert "table 5 gives the same model (PeaPOD-PMF) other figures than its table 8" in found.reason
    bleu = published_figures("explanation", dataset)["PeaPOD-PMF"]["BLEU-4"]
    assert f"BLEU-4 {bleu:.4f}" in found.reason


@pytest.mark.parametrize(("task", "dataset"), [("sequential", "beauty"), ("topn", "toys"), ("topn", None)])
def test_nothing_to_doubt(task, dataset):
    assert doubts(task, dataset) == []
