import gzip
import zlib

import pytest

from pipeline.data.stored_gzip import stored_gzip


@pytest.mark.parametrize("size", [0, 1, 65534, 65535, 65536, 131070, 200_000])
def test_gzip_reads_it_back(size):
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    assert gzip.decompress(stored_gzip(content)) == content


def test_header_carries_no_time_and_blocks_are_stored():
    packed = stored_gzip(b"abc")
    assert packed[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
    # One final stored block: flag 1, length 3, its complement, then the bytes as they are.
    assert packed[10:18] == b"\x01\x03\x00\xfc\xffabc"
    assert packed[18:] == zlib.crc32(b"abc").to_bytes(4, "little") + (3).to_bytes(4, "little")
