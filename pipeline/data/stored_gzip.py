"""A gzip container whose bytes don't depend on the zlib build: stored blocks, no compression."""

import struct
import zlib

# Magic, method deflate, no flags, time 0, no extra flags, unknown system (RFC 1952).
_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
_BLOCK = 0xFFFF


def stored_gzip(content: bytes) -> bytes:
    """Return `content` as a gzip file of stored deflate blocks (RFC 1951 section 3.2.4)."""
    parts = [_HEADER]
    starts = range(0, max(len(content), 1), _BLOCK)
    for start in starts:
        block = content[start : start + _BLOCK]
        final = 1 if start == starts[-1] else 0
        parts += [struct.pack("<BHH", final, len(block), len(block) ^ 0xFFFF), block]
    parts.append(struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF))
    return b"".join(parts)
