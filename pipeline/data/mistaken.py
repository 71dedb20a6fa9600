"""What a file that can't be read as it is seems to be, told by how it begins, and what to do about it."""

_PAGE = "an HTML page, perhaps of a download that failed; fetch the file again"
_BEGINNINGS = {
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"BZh": "a bzip2 file; unpack it first (bunzip2)",
    b"\xfd7zXZ\x00": "an xz file; unpack it first (unxz)",
    b"\x28\xb5\x2f\xfd": "a zstandard file; unpack it first (unzstd)",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first",
    b"Rar!": "a rar archive; unpack it first",
    b"ARROW1": "an Arrow (Feather) file; write it as Parquet or CSV",
    b"SQLite format 3": "an SQLite database; export its table as CSV",
    b"\x89HDF": "an HDF5 file; write it as Parquet or CSV",
    b"\x80\x03": "a pickle; write it as Parquet or CSV",
    b"\x80\x04": "a pickle; write it as Parquet or CSV",
    b"\x80\x05": "a pickle; write it as Parquet or CSV",
    b"<!DOCTYPE": _PAGE,
    b"<!doctype": _PAGE,
    b"<html": _PAGE,
    b"<?xml": "XML; write it as CSV",
    b"PAR1": "a Parquet file; unpack it first where it's gzipped, and write metadata as JSON lines",
    b"version https://git-lfs": "a pointer of Git LFS; fetch the file itself (git lfs pull)",
    b"\xff\xfe": "UTF-16 text; make it UTF-8 first (iconv -f utf-16 -t utf-8)",
    b"\xfe\xff": "UTF-16 text; make it UTF-8 first (iconv -f utf-16 -t utf-8)",
    b"[": "a JSON array; write its objects one per line first (jq -c '.[]')",
}


def other_kind(first: bytes) -> str | None:
    """Return what a file with this first line is instead of JSON lines, and the way out; None if unknown."""
    if first[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    if first.startswith(b"PK") and b"[Content_Types].xml" in first[:4096]:
        return "an Excel workbook; save it as CSV"
    if not first.endswith(b"\n") and first.count(b"\r") > 1:
        return "text with the line ends of old Macs; change them first (tr '\\r' '\\n')"
    if first.strip() == b"{":
        return "a JSON object over several lines; write each object on one line first (jq -c .)"
    start = first.lstrip(b" \t\r\n")
    return next((kind for magic, kind in _BEGINNINGS.items() if start.startswith(magic)), None)
