import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.real_data import real_data


def found(extractor, sentence):
    tokens = sentence.split()
    return {
        (
            " ".join(tokens[slice(*finding.feature)]),
            " ".join(tokens[slice(*finding.opinion)]),
            finding.sentiment,
        )
        for finding in extractor(tokens)
    }


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("It has a great sound .", {("sound", "great", 1)}),
        ("Great sound and price .", {("sound", "Great", 1), ("price", "Great", 1)}),
        ("The sound quality is very good .", {("sound quality", "good", 1)}),
        ("The zipper and the strap are flimsy .", {("zipper", "flimsy", -1), ("strap", "flimsy", -1)}),
        ("The strap is soft and durable .", {("strap", "soft", 1), ("strap", "durable", 1)}),
        ("The sound of the speakers is clear .", {("sound", "clear", 1)}),
        ("The sound is not good .", {("sound", "not good", -1)}),
        ("The sound is n't great .", {("sound", "is n't great", -1)}),
        ("Not only is the strap durable .", {("strap", "durable", 1)}),
        ("The strap is too short .", {("strap", "too short", -1)}),
        ("The sound is less clear .", {("sound", "less clear", -1)}),
        ("The price is low .", {("price", "low", 1)}),
        ("The quality is low .", {("quality", "low", -1)}),
        ("I love the tone .", {("tone", "love", 1)}),
        ("I do n't like the tone .", {("tone", "do n't like", -1)}),
        ("I would love a strap .", set()),
        ("I hate the color .", {("color", "hate", -1)}),
        ("I was disappointed with the sound .", {("sound", "disappointed", -1)}),
        ("The zipper broke .", {("zipper", "broke", -1)}),
        ("The pedal stopped working .", {("pedal", "stopped working", -1)}),
        ("The tuner does n't work .", {("tuner", "does n't work", -1)}),
        ("I had problems with the strap .", {("strap", "problems", -1)}),
        ("The manual is a joke .", {("manual", "joke", -1)}),
        ("It works great .", {("works", "great", 1)}),
        ("I work well .", set()),
        ("It is easy to set up .", {("set up", "easy", 1)}),
        ("It is hard to say .", set()),
        ("The strap fits well .", {("strap", "well", 1)}),
        ("A well made strap .", {("strap", "well made", 1)}),
        ("Service impeccable .", {("Service", "impeccable", 1)}),
        ("I know how expensive the strings were .", {("strings", "expensive", -1)}),
        ("The menu is blorpy .", {("menu", "blorpy", 1)}),
        ("The sound is clear but the strap is flimsy .", {("sound", "clear", 1), ("strap", "flimsy", -1)}),
        ("Great battery life .", {("battery life", "Great", 1)}),
        ("It made my life great .", set()),
        ("It has a lack of pockets .", {("pockets", "lack", -1)}),
        ("The bag lacks a zipper .", {("zipper", "lacks", -1)}),
        ("There is no zipper .", {("zipper", "no", -1)}),
        ("There is no noise .", set()),
        ("It has no zipper .", {("zipper", "no", -1)}),
        ("There is no need .", set()),
        ("There is no buzz .", set()),
        ("I bought it , no zipper .", set()),
        ("It has plenty of pockets .", {("pockets", "plenty", 1)}),
        ("The knob fell off .", {("knob", "fell off", -1)}),
        ("I fell on the bag .", set()),
        ("The sound could be better .", {("sound", "could be better", -1)}),
        ("I like the looks .", {("looks", "like", 1)}),
        ("The noodles are bland and very blorpy .", {("noodles", "bland", -1), ("noodles", "blorpy", -1)}),
        ("The noodles are blorpy and bland .", {("noodles", "blorpy", -1), ("noodles", "bland", -1)}),
        ("I wish it had a better strap .", {("strap", "better", -1)}),
        ("I wish I knew , but the strap is better .", {("strap", "better", 1)}),
        ("It needs better strings .", {("strings", "better", -1)}),
        ("A great selection of wines .", {("selection of wines", "great", 1)}),
        ("A great edge of steel .", {("edge", "great", 1)}),
        ("The food is definitely good .", {("food", "good", 1)}),
        ("The best part is the sound .", {("sound", "best", 1)}),
        ("The only drawback of it was the strap .", {("strap", "drawback", -1)}),
        ("The best part is that I own it .", set()),
        ("It is a good thing .", set()),
        # Each rule's other side: what looks like it and isn't.
        ("I know how the strings were made .", set()),
        ("The best part of the bag arrived .", set()),
        ("I was happy yesterday .", set()),
        ("The bag with the broken zipper arrived .", {("zipper", "broken", -1)}),
        ("My friend sent it to my house .", set()),
        ("I have no complaints .", set()),
        ("I bought a strap .", set()),
        ("", set()),
    ],
)
def test_finds_what_a_reader_finds(extractor, sentence, wanted):
    assert found(extractor, sentence) == wanted


WORDS = "the a sound strap is n't not too very good bad flimsy and , . but of with love hate it I to use well"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=25))
def test_findings_lie_in_the_sentence_and_are_unique(extractor, tokens):
    findings = extractor(tokens)
    for finding in findings:
        for begin, end in (finding.feature, finding.opinion):
            assert 0 <= begin < end <= len(tokens)
        assert finding.sentiment in (1, -1)
    pairs = [(finding.feature, finding.opinion) for finding in findings]
    assert len(set(pairs)) == len(pairs)
    assert extractor(tokens) == findings


@pytest.mark.parametrize(("domain", "floor"), [("14lap", 0.38), ("14res", 0.51)])
def test_exact_triplets_on_labelled_sentences(extractor, domain, floor):
    """Exact-match F1 on ASTE-Data-V2 (Xu et al., EMNLP 2020), train and dev; measured 0.392 and 0.525."""
    paths = [real_data(f"aste/{domain}.{part}.txt") for part in ("train", "dev")]
    right = labelled = predicted = 0
    for line in "".join(path.read_text(encoding="utf-8") for path in paths).splitlines():
        sentence, labels = line.split("####")
        gold = {(f[0], f[-1] + 1, o[0], o[-1] + 1, s) for f, o, s in ast.literal_eval(labels)}
        findings = extractor(sentence.split(" "))
        ours = {(*f.feature, *f.opinion, "POS" if f.sentiment > 0 else "NEG") for f in findings}
        right, labelled, predicted = right + len(gold & ours), labelled + len(gold), predicted + len(ours)
    assert 2 * right / (labelled + predicted) >= floor
