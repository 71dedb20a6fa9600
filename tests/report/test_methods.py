from pipeline.report.methods import baselines, differences


def test_labels_in_the_order_of_the_names():
    found = baselines(["most_popular", "own_idea", "bpr"])
    assert [(key, label) for key, label, _ in found] == [
        ("most_popular", "Most popular"),
        ("own_idea", "own_idea"),
        ("bpr", "BPR"),
    ]
    assert [key for key, _, _ in differences(found)][-1] == "difference_to_bpr"
