"""One form for everything that is wrong with a request, and what refuses one before it is read."""

import hmac
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.embeddings.folding import FoldingError
from pipeline.serving.batching import FullError
from pipeline.serving.bodies import FaultsBody
from pipeline.serving.requests import RequestError

LARGEST_BODY = 1 << 20
"""Bytes."""

_WORDS = {"unexpected_keyword_argument": "no such field"}
"""Where the validator's words are those of a programming language."""

_NOWHERE = "no such path here: /openapi.json has them all, /health what this model is trained to answer"

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": FaultsBody, "description": description}
    for status, description in {
        400: "The body is no JSON.",
        401: "The token is missing or another.",
        413: f"The body has more than {LARGEST_BODY} bytes.",
        422: "The request can't be answered; which field is at fault, and why.",
        503: "As many requests wait as may; ask again later.",
        504: "The answer took too long.",
    }.items()
}


def add_handlers(app: FastAPI, seconds: float) -> None:
    """Have every fault told as FaultsBody; `seconds` is the time-out."""

    @app.exception_handler(RequestValidationError)
    async def of_validation(_: Request, error: RequestValidationError) -> JSONResponse:
        # Without the values: a NaN among them is no JSON.
        found = [
            (list(one["loc"]), _WORDS.get(one["type"], one["msg"]), one["type"]) for one in error.errors()
        ]
        return _told(422, *found)

    @app.exception_handler(RequestError)
    async def of_request(_: Request, error: RequestError) -> JSONResponse:
        return _told(422, (["body", error.field], str(error), "request"))

    @app.exception_handler(FoldingError)
    async def of_folding(_: Request, error: FoldingError) -> JSONResponse:
        return _told(422, (["body", "history"], str(error), "request"))

    @app.exception_handler(FullError)
    async def of_full(_: Request, __: FullError) -> JSONResponse:
        response = _told(503, ([], "as many requests wait as may; ask again in a second", "full"))
        response.headers["Retry-After"] = "1"
        return response

    @app.exception_handler(TimeoutError)
    async def of_time(_: Request, __: TimeoutError) -> JSONResponse:
        return _told(504, ([], f"no answer within {seconds:g} seconds", "timeout"))

    @app.exception_handler(HTTPException)
    async def of_http(_: Request, error: HTTPException) -> JSONResponse:
        told = _NOWHERE if error.status_code == 404 else str(error.detail)
        response = _told(error.status_code, ([], told, "http"))
        response.headers.update(error.headers or {})
        return response


def _told(status: int, *faults: tuple[list[str | int], str, str]) -> JSONResponse:
    detail = [{"loc": loc, "msg": message, "type": kind} for loc, message, kind in faults]
    return JSONResponse({"detail": detail}, status)


class BodyLimit:
    """Refuses bodies of more than `LARGEST_BODY` bytes, however they are sent."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its bytes."""
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise HTTPException(413, f"a body of at most {LARGEST_BODY} bytes wanted")
            return message

        await self._app(scope, counted, send)


def wanting(token: str) -> Callable[..., None]:
    """Return a dependency that refuses requests without this bearer token."""
    bearer = HTTPBearer(auto_error=False, description="The token of the environment variable PEAPOD_TOKEN.")

    def check(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
        said = "" if given is None else given.credentials
        if not hmac.compare_digest(said.encode(), token.encode()):
            raise HTTPException(
                401, "Authorization: Bearer TOKEN wanted", headers={"WWW-Authenticate": "Bearer"}
            )

    return check
