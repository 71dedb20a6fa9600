"""Where the service listens; what it does as a process is in tests/serving/test_service.py."""

import socket

import pytest

from stages.serve import listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_connections_send_what_they_have_at_once(host: str) -> None:
    """Else an answer's second write waits for the caller's acknowledgement of its first."""
    with listen(host, 0) as listening, socket.create_connection(listening.getsockname()[:2]):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
