"""Pseudonyms: keyed, deterministic, and a clear error without a key."""

import hashlib

import pytest

from pipeline.data.pseudonyms import KEY_VARIABLE, user_namer
from pipeline.data.records import DatasetError

KEY = "k" * 32


def namer(key=KEY):
    return user_namer(True, {KEY_VARIABLE: key})


def test_without_pseudonyms_ids_stay_and_no_key_is_asked_for():
    assert user_namer(False, {})("A1") == "A1"


def test_the_pseudonym_is_hmac_sha256_cut_to_128_bits():
    # RFC 2104 by hand: H(key xor opad, H(key xor ipad, text)), the key padded to the block of 64 bytes.
    block = KEY.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + "Zoë".encode()).digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()
    assert namer()("Zoë") == outer[:32]


def test_another_key_gives_others_and_ids_stay_apart():
    ids = [f"A{number}" for number in range(1000)]
    assert len({namer()(one) for one in ids}) == 1000
    assert not {namer()(one) for one in ids} & {namer("q" * 32)(one) for one in ids}


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "environment variable PEAPOD_PSEUDONYM_KEY isn't set; wanted a secret of at least 32"),
        ({KEY_VARIABLE: "s3cret-key"}, "PEAPOD_PSEUDONYM_KEY has 10 characters; wanted"),
    ],
)
def test_no_key_or_a_short_one_is_told_and_never_shown(environment, message):
    with pytest.raises(DatasetError, match=message) as caught:
        user_namer(True, environment)
    assert "s3cret" not in str(caught.value)
