"""What a file that is no review file seems to be, told by how it begins, and what to do about it."""

_BEGINNINGS = {
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"BZh": "a bzip2 file; unpack it first (bunzip2)",
    b"\xfd7zXZ\x00": "an xz file; unpack it first (unxz)",
    b"\x28\xb5\x2f\xfd": "a zstandard file; unpack it first (unzstd)",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first",
    b"Rar!": "a rar archive; unpack it first",
    b"PAR1": "a Parquet file; export it as JSON lines",
    b"\xff\xfe": "UTF-16 text; make it UTF-8 first (iconv -f utf-16 -t utf-8)",
    b"\xfe\xff": "UTF-16 text; make it UTF-8 first (iconv -f utf-16 -t utf-8)",
    b"[": "a JSON array; write its objects one a line first (jq -c '.[]')",
}


def other_kind(first: bytes) -> str | None:
    """Return what a file with this first line is instead of JSON lines, and the way out; None if unknown."""
    if first[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    if first.strip() == b"{":
        return "a JSON object over several lines; write each object on one line first (jq -c .)"
    start = first.lstrip(b" \t\r\n")
    return next((kind for magic, kind in _BEGINNINGS.items() if start.startswith(magic)), None)
