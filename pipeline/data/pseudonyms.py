"""User ids to keyed pseudonyms: one id and one key give one pseudonym; without the key it leads nowhere."""

import hmac
from collections.abc import Callable, Mapping

from pipeline.data.records import DatasetError

KEY_VARIABLE = "PEAPOD_PSEUDONYM_KEY"
SHORTEST_KEY = 32
_BYTES = 16

UserNamer = Callable[[str], str]
"""What names a user in artifacts, from the raw id."""


def user_namer(pseudonymize: bool, environment: Mapping[str, str]) -> UserNamer:
    """Return what names users: the raw id itself, or 32 hex digits of its HMAC-SHA256 under the key.

    Raises DatasetError when pseudonyms are asked for and `environment` has no key of SHORTEST_KEY characters.
    """
    if not pseudonymize:
        return str
    key = environment.get(KEY_VARIABLE, "")
    if len(key) < SHORTEST_KEY:
        found = f"has {len(key)} characters" if key else "isn't set"
        raise DatasetError(
            f"dataset.pseudonymize: the environment variable {KEY_VARIABLE} {found}; wanted a secret of at "
            f"least {SHORTEST_KEY} characters, the same for every run: "
            "python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return lambda user_id: hmac.digest(key.encode(), user_id.encode(), "sha256")[:_BYTES].hex()
