from pipeline.report.methods import assisted, baselines


def test_labels_in_the_order_of_the_names():
    found = baselines(["most_popular", "own_idea", "bpr"])
    assert [(key, label) for key, label, _ in found] == [
        ("most_popular", "Most popular"),
        ("own_idea", "own_idea"),
        ("bpr", "BPR"),
    ]


def test_an_assisted_model_has_the_names_of_its_parts():
    assert [(key, label) for key, label, _ in assisted(["ease"])] == [
        ("peapod_ease", "PeaPOD + EASE"),
        ("peapod_ease_sequential", "PeaPOD, sequential + EASE"),
    ]
