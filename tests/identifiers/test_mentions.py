from pipeline.identifiers.mentions import newcomer_mention, user_mention


def test_a_number_or_a_token_of_their_own():
    assert user_mention(17) == "user_17"
    assert user_mention(17, own_token=True) == "<user_17>"


def test_somebody_new_has_the_number_that_nobody_has():
    assert newcomer_mention(["user_2", "user_1", "user_3"]) == "user_4"


def test_no_token_was_trained_for_somebody_new():
    assert newcomer_mention(["<user_2>", "<user_1>"]) == ""
