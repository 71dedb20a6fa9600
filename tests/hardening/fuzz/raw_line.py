"""The raw-line parser under atheris: libFuzzer with the coverage of our own code."""

import sys

import atheris

# Only our readers are watched; the rest is imported as it is.
with atheris.instrument_imports(include=["pipeline.data"]):
    from pipeline.data.amazon import parse_line, to_record
    from pipeline.data.layouts import LAYOUTS
    from pipeline.data.plain_lines import plain_record
    from pipeline.data.records import BadRecordError


@atheris.instrument_func
def one_input(line: bytes) -> None:
    """Parse a line in every layout; any exception but BadRecordError is a finding."""
    for layout in LAYOUTS.values():
        plain = plain_record(1, line, layout)
        try:
            record = to_record(1, parse_line(1, line), layout)
        except BadRecordError:
            if plain is not None:
                raise AssertionError(f"{plain} read fast, nothing strictly") from None
            continue
        if plain not in (None, record):
            raise AssertionError(f"{plain} read fast, {record} strictly")
        if not (1 <= record.rating <= 5 and record.user_id.strip() and record.item_id.strip()):
            raise AssertionError(f"an unsound record: {record}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
