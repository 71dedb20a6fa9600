"""Mutations of files: bits, pieces, values of the wrong kind, and what a file may be packed in."""

import gzip
import random
import re

TOKENS = [
    *(
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"-1",
        b"0",
        b"null",
        b"true",
        b'""',
        b"[]",
        b"{}",
        b"0x" + b"f" * 6000,
    ),
    *(b"9" * 400, b"9" * 5000, b"[" * 900 + b"]" * 900, b"[" * 50_000, b"-" * 3000, b'{"a":' * 400),
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"\r",
        b"\n\n",
        b'"\\ud800"',
        b"\\u0000",
        b"\xc3",
        b"{[]: 1}",
    ),
    *(
        b'"a": 1, "a": 2',
        b"1_000",
        b"1j",
        b"b'x'",
        b"{",
        b"[",
        b"]",
        b"}",
        b",",
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"!!int x",
    ),
    *(
        b"&a [*a]",
        b"2001-99-99",
        b"!!binary eA==",
        b".nan",
        b".inf",
        b"? [1]\n: 2\n",
        b"<<: 1",
        b"'" * 3,
        b"../../x",
    ),
]
_VALUE = re.compile(rb'"[^"]*"|\'[^\']*\'|-?\d+(?:\.\d+)?|[A-Za-z_]+')


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return `content` after one to four random mutations."""
    for _ in range(rng.randint(1, 4)):
        content = rng.choice(_MUTATIONS)(content, rng)
    return content


def repacked(content: bytes, rng: random.Random) -> bytes:
    """Return `content` as it is, or gzipped: once, twice, cut short, or damaged."""
    kind = rng.randrange(10)
    if kind > 4:
        return content
    packed = gzip.compress(content, 1)
    if kind == 1:
        return gzip.compress(packed, 1)
    if kind == 2:
        return packed[: rng.randrange(len(packed))]
    return _flip(packed, rng) if kind == 3 else packed


def _place(content: bytes, rng: random.Random) -> int:
    return rng.randint(0, len(content))


def _flip(content: bytes, rng: random.Random) -> bytes:
    if not content:
        return content
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << rng.randrange(8)]) + content[place + 1 :]


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: _place(content, rng)]


def _remove(content: bytes, rng: random.Random) -> bytes:
    place = _place(content, rng)
    return content[:place] + content[place + rng.randint(1, 40) :]


def _repeat(content: bytes, rng: random.Random) -> bytes:
    place = _place(content, rng)
    piece = content[place : place + rng.randint(1, 200)]
    return content[:place] + piece * rng.randint(2, 4) + content[place:]


def _insert(content: bytes, rng: random.Random) -> bytes:
    place = _place(content, rng)
    return content[:place] + rng.choice(TOKENS) + content[place:]


def _replace_value(content: bytes, rng: random.Random) -> bytes:
    values = list(_VALUE.finditer(content))
    if not values:
        return content
    value = rng.choice(values)
    other = rng.choice(TOKENS) if rng.random() < 0.7 else rng.choice(values).group()
    return content[: value.start()] + other + content[value.end() :]


def _spread(content: bytes, rng: random.Random) -> bytes:
    """Put a line break after every comma, as a pretty-printer does."""
    return content.replace(b", ", b",\n  ", rng.randint(1, 50))


_MUTATIONS = (_flip, _flip, _cut, _remove, _repeat, _insert, _replace_value, _replace_value, _spread)
