from pipeline.report.methods import baselines


def test_labels_in_the_order_of_the_names():
    found = baselines(["most_popular", "own_idea", "bpr"])
    assert [(key, label) for key, label, _ in found] == [
        ("most_popular", "Most popular"),
        ("own_idea", "own_idea"),
        ("bpr", "BPR"),
    ]
