from pipeline.identifiers.atomic import make
from tests.identifiers.build import PAIRS, TIMES, histories, random, settings, sources


def test_every_item_is_a_symbol_of_its_own():
    named = make(sources(histories(PAIRS, TIMES)), settings("atomic"), random)
    assert named.items == named.answers == named.symbols
    assert named.symbols == ["<item_0>", "<item_1>", "<item_2>", "<item_3>", "<item_4>"]
    assert named.codes is None
