import pytest

from pipeline.explanations.conjunctions import partners


def joined(extractor, sentence):
    tokens = sentence.lower().split()
    findings = extractor(tokens)
    return [
        (tokens[finding.opinion[1] - 1], partner)
        for finding, partner in zip(findings, partners(tokens, findings), strict=True)
        if partner
    ]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("The case is bulky and flimsy .", [("bulky", -1), ("flimsy", -1)]),
        ("The case is bulky but great .", [("bulky", -1), ("great", 1)]),
        ("The case is bulky , but very sturdy .", [("bulky", -1), ("sturdy", 1)]),
        # Another feature, other words between, no conjunction, a guessed sign.
        ("The case is bulky and the strap is great .", []),
        ("The case is great for travel and sturdy .", []),
        ("The case is great , sturdy .", []),
        ("The case is great .", []),
        ("", []),
    ],
)
def test_neighbours_speak_of_each_other(extractor, sentence, wanted):
    assert joined(extractor, sentence) == wanted


def test_a_guessed_sign_says_nothing(extractor):
    assert joined(extractor, "The case is blorpy and great .") == [("blorpy", 1)]
