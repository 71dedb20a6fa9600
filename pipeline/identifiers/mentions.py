"""What prompts call users, whatever the scheme of the items: by a number, or by a token of their own."""

from collections.abc import Sequence


def user_mention(number: int, own_token: bool = False) -> str:
    """Return what a prompt calls the user with this number, from 1: `user_17`, or the token `<user_17>`."""
    return f"<user_{number}>" if own_token else f"user_{number}"


def newcomer_mention(mentions: Sequence[str]) -> str:
    """Return what a prompt calls somebody new beside users of these `mentions`, who have the numbers 1 to N.

    It is the number that nobody has. Where users have tokens of their own it is nothing: no token was
    trained for them.
    """
    number = len(mentions) + 1
    return "" if mentions[0].startswith("<") else user_mention(number)
