"""What a stage says, and how it ends, when something outside goes wrong."""

import os
import signal
import time

import pytest
import torch

from pipeline.runtime.errors import clear_errors


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("bad"), "error: bad\n"),
        (OSError(28, "No space left on device"), "error: [Errno 28] No space left on device\n"),
        (MemoryError("8 GiB"), "error: out of memory: 8 GiB\n"),
        (torch.OutOfMemoryError("CUDA"), "error: out of memory: CUDA\n"),
    ],
)
def test_faults_that_the_user_can_mend_are_one_message(error, message, capsys):
    def main():
        raise error

    with pytest.raises(SystemExit) as ended:
        clear_errors(main)()
    assert ended.value.code == 1
    assert capsys.readouterr().err == message


def test_torch_on_the_cpu_says_it_in_words(capsys):
    with pytest.raises(SystemExit):
        clear_errors(lambda: torch.empty(2**50))()
    assert "error: out of memory: " in capsys.readouterr().err


def test_faults_of_ours_keep_their_traceback():
    def main():
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        clear_errors(main)()


def test_sigterm_ends_as_an_error_does_and_only_inside():
    before, cleaned = signal.getsignal(signal.SIGTERM), []

    def main():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)
        finally:
            cleaned.append(True)

    with pytest.raises(SystemExit) as ended:
        clear_errors(main)()
    assert ended.value.code == 143
    assert cleaned == [True]
    assert signal.getsignal(signal.SIGTERM) is before
