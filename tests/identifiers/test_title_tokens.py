from pipeline.identifiers.schemes import make_identifiers
from pipeline.prompts.tokenizer import PromptTokenizer, train_tokenizer
from tests.identifiers.build import histories, random, settings, sources
from tests.tiny import SENTENCES

TITLES = ["Net, The (1995)", "", "Alien (1979)", "Alien  (1986)", "Café"]
WANTED = ["<title_The_Net>", "<title_item_2>", "<title_Alien_(1979)>", "<title_Alien_(1986)>", "<title_Café>"]


def test_each_title_is_one_symbol_by_the_rules_of_titles():
    found = histories([(user, item) for user in range(2) for item in range(5)])
    made, spelled = (
        make_identifiers(settings(method), sources(found, TITLES), random)
        for method in ("title_tokens", "titles")
    )
    assert made.items == made.answers == made.symbols == WANTED
    assert made.report == spelled.report
    assert made.user_numbers.tolist() == spelled.user_numbers.tolist()


def test_a_tokenizer_reads_and_writes_them_whole():
    tokenizer = PromptTokenizer(train_tokenizer(SENTENCES * 3, 300, 2))
    tokenizer.add_symbols(WANTED)
    (said,) = tokenizer.encode([f"after {WANTED[0]} , {WANTED[4]}"])
    assert {len(one) for one in tokenizer.encode(WANTED)} == {1}
    assert [one[0] in said for one in tokenizer.encode(WANTED)] == [True, False, False, False, True]
    assert [tokenizer.decode(one) for one in tokenizer.encode(WANTED)] == WANTED
