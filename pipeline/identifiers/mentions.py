"""What prompts call users: a number of their own, whatever the scheme of the items."""


def user_mention(number: int) -> str:
    """Return what a prompt calls the user with this number, from 1."""
    return f"user_{number}"
