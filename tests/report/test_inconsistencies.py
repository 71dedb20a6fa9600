import pytest

from pipeline.report.inconsistencies import doubts


def test_ndcg_above_the_hit_rate():
    (found,) = doubts("sequential", "toys")
    assert (found.method, found.metrics) == ("P5", ("HR@5", "NDCG@5"))
    assert "NDCG@5 0.0567 stands above HR@5 0.0460" in found.reason


@pytest.mark.parametrize("dataset", ["sports", "beauty", "toys"])
def test_one_model_with_two_figures(dataset):
    (found,) = doubts("explanation", dataset)
    assert found.method == "PeaPOD-PMF"
    assert found.metrics == ("BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L")


@pytest.mark.parametrize(("task", "dataset"), [("sequential", "beauty"), ("topn", "toys"), ("topn", None)])
def test_nothing_to_doubt(task, dataset):
    assert doubts(task, dataset) == []
