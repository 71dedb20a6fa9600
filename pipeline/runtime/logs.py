"""Plain log lines of a stage, on stderr beside its progress bars."""

import logging

from tqdm import tqdm


class _AboveBars(logging.StreamHandler):
    """Write lines so that a progress bar on the terminal stays whole."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        tqdm.write(self.format(record), file=self.stream)


def log_to_stderr() -> None:
    """Show the library's log lines from level INFO."""
    handler = _AboveBars()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("pipeline")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
