"""What the service tells of itself: a log line and figures per request, and no id in either."""

import logging
import time
import traceback
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

log = logging.getLogger(__name__)

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64)
_METHODS = {"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}


class Watching:
    """Figures in Prometheus's format, of one service.

    Attributes:
        batches: how many questions are answered at once.
    """

    def __init__(self, waiting: Callable[[], int]) -> None:
        """Take what says how many questions wait."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "peapod_requests", "Requests by path and status.", ["path", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "peapod_request_seconds",
            "Time to the answer by path.",
            ["path"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self.batches = Histogram(
            "peapod_batch_size", "Questions answered at once.", registry=self._registry, buckets=_SIZES
        )
        gauge = Gauge("peapod_waiting", "Questions that wait now.", registry=self._registry)
        gauge.set_function(waiting)

    def text(self) -> bytes:
        """Return all figures."""
        return generate_latest(self._registry)

    async def watch(self, request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        """Answer a request and note how; a fault of ours becomes status 500, and its place is logged."""
        begin = time.perf_counter()
        try:
            response = await call(request)
        except Exception as error:
            # Neither the message nor the values: they may hold ids.
            places = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
            log.error("%s at %s", type(error).__name__, " > ".join(places))
            fault = {"loc": [], "msg": "a fault of the service; its log says where", "type": "fault"}
            response = JSONResponse({"detail": [fault]}, 500)
        seconds = time.perf_counter() - begin
        # The path as the service names it: what a caller made up may hold anything.
        path = getattr(request.scope.get("route"), "path", "(none)")
        method = request.method if request.method in _METHODS else "(none)"
        self._requests.labels(path, response.status_code).inc()
        self._seconds.labels(path).observe(seconds)
        log.info("%s %s %d %.0f ms", method, path, response.status_code, 1000 * seconds)
        return response
