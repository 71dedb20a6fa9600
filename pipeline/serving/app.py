"""The service: a predictor behind HTTP and JSON.

Requests carry ids in their bodies alone, since paths end up in the logs of whatever stands between.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Body, Depends, FastAPI, Response
from fastapi.responses import HTMLResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from pipeline.serving.batching import Batching
from pipeline.serving.bodies import (
    ExplainedBody,
    Health,
    ItemsBody,
    Named,
    NamedBody,
    NeighboursBody,
    NewItems,
    RecommendedBody,
    Search,
    User,
    UsersBody,
)
from pipeline.serving.faults import RESPONSES, BodyLimit, add_handlers, wanting
from pipeline.serving.new_items import NewItem, with_items
from pipeline.serving.predictor import Predictor
from pipeline.serving.requests import (
    Answer,
    Explain,
    Neighbour,
    Neighbours,
    Rank,
    Recommend,
    Recommendation,
    Request,
)
from pipeline.serving.together import Checked
from pipeline.serving.watching import Watching

_PAGE = Path(__file__).with_name("page.html")
_POLICY = (
    "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PATHS: dict[Literal["recommend", "rank", "explain", "neighbours"], type[Request]] = {
    "recommend": Recommend,
    "rank": Rank,
    "explain": Explain,
    "neighbours": Neighbours,
}


@dataclass(frozen=True)
class Limits:
    """What a service takes on.

    Attributes:
        batch: most questions that are answered at once.
        waiting: most questions that wait; more are refused with status 503.
        seconds: longest wait for an answer, beyond which it is status 504.
    """

    batch: int = 32
    waiting: int = 256
    seconds: float = 30.0


class Service:
    """Answers from a predictor, many at once."""

    def __init__(self, predictor: Predictor, limits: Limits) -> None:
        """Take the predictor, which is the service's from now on."""
        self.predictor = predictor
        self._limits = limits
        self.batching: Batching[Checked, Answer] = Batching(self._answered, limits.batch, limits.waiting)
        self.watching = Watching(self.batching.waiting)
        self._adding = Lock()

    def _answered(self, checked: list[Checked]) -> list[Answer]:
        self.watching.batches.observe(len(checked))
        return self.predictor.answer_checked(checked)

    def add(self, items: Sequence[NewItem]) -> list[Named]:
        """Have new items answered for from now on; raises RequestError, and then none of them is."""
        with self._adding:
            # What was checked before is answered after: rows of items stay what they were.
            self.predictor = with_items(self.predictor, items)
            people = self.predictor.people
            added = slice(-len(items), None)
            pairs = zip(people.item_ids[added], people.item_answers[added], strict=True)
            return [Named(*pair) for pair in pairs]

    async def ask(self, request: Request) -> Answer:
        """Return the answer; raises what `Predictor.check` and `Batching.ask` do."""
        # Somebody new is folded in, which may take a while: the loop serves others in the meantime.
        check = self.predictor.check
        checked = check(request) if request.history is None else await asyncio.to_thread(check, request)
        return await self.batching.ask(checked, self._limits.seconds)

    @asynccontextmanager
    async def running(self, _: FastAPI) -> AsyncIterator[None]:
        """Answer questions while the application runs."""
        task = asyncio.create_task(self.batching.run())
        yield
        task.cancel()


def create_app(
    predictor: Predictor, limits: Limits | None = None, token: str = "", hosts: tuple[str, ...] = ("*",)
) -> FastAPI:
    """Return the application; it has no paths for what the model isn't trained to answer.

    Args:
        predictor: what answers.
        limits: what the service takes on.
        token: what every request but for the page and /health has to bring; empty for nothing.
        hosts: names that the service is called by; "*" for any. For a service of this machine alone they keep
            pages of other sites from asking it under a name of theirs.

    Raises ValueError for a model that is trained for nothing that is asked here.
    """
    if predictor.kinds == (Neighbours,):
        trained = ", ".join(map(str, predictor.tasks))
        raise ValueError(
            f"the model was trained for the {trained} task alone, about which a service can't be asked; "
            "train one whose prompts.tasks has sequential, topn or explanation"
        )
    limits = limits or Limits()
    service = Service(predictor, limits)
    app = FastAPI(
        title="PeaPOD",
        description="Recommendations of a trained model, with explanations and the weights of similar users.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=service.running,
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.middleware("http")(service.watching.watch)
    add_handlers(app, limits.seconds)
    app.include_router(_open(service))
    locked = [Depends(wanting(token))] if token else []
    app.include_router(_questions(service), dependencies=locked)
    app.include_router(_searches(service), dependencies=locked)
    app.include_router(_told(app, service), dependencies=locked)
    return app


def _open(service: Service) -> APIRouter:
    """Return what needs no token."""
    router = APIRouter()
    page = _PAGE.read_text(encoding="utf-8")

    @router.get("/", include_in_schema=False)
    async def page_to_look_at() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    @router.get("/health", summary="Whether questions are answered")
    async def health() -> Health:
        people = service.predictor.people
        answers = [name for name, kind in _PATHS.items() if kind in service.predictor.kinds]
        return Health("ok", len(people.user_ids), len(people.item_ids), answers)

    return router


def _questions(service: Service) -> APIRouter:
    """Return the questions to the model, with examples of the data's own ids."""
    router = APIRouter(responses=RESPONSES)
    people = service.predictor.people
    user = people.user_ids[0]
    items = list(people.item_ids[:3])

    def examples(**others: object) -> Any:
        newcomer = {"user": "somebody-new", **others, "history": items}
        return Body(examples=[{"user": user, **others}, newcomer])

    async def recommend(asked: Annotated[Recommend, examples(top=5)]) -> RecommendedBody:
        return RecommendedBody(cast(list[Recommendation], await service.ask(asked)))

    async def rank(asked: Annotated[Rank, examples(candidates=items)]) -> RecommendedBody:
        return RecommendedBody(cast(list[Recommendation], await service.ask(asked)))

    async def explain(asked: Annotated[Explain, examples(item=items[0])]) -> ExplainedBody:
        return ExplainedBody(cast(str, await service.ask(asked)))

    async def neighbours(asked: Annotated[Neighbours, examples()]) -> NeighboursBody:
        return NeighboursBody(cast(list[Neighbour], await service.ask(asked)))

    for kind, answer, summary in (
        (Recommend, recommend, "The items that a user takes next"),
        (Rank, rank, "Candidates in the order that suits a user"),
        (Explain, explain, "Why a user likes an item, or doesn't"),
        (Neighbours, neighbours, "The similar users that a user's answers draw on"),
    ):
        if kind in service.predictor.kinds:
            router.post(f"/{answer.__name__}", summary=summary)(answer)
    return router


def _searches(service: Service) -> APIRouter:
    """Return what helps to ask, and what adds to what may be asked about."""
    router = APIRouter(responses=RESPONSES)
    people = service.predictor.people
    examples = Body(examples=[{"text": people.item_ids[0][:3], "most": 5}])

    # Not async: a search goes through all ids, in a thread of its own.
    @router.post("/users", summary="Users by a part of their id")
    def users(asked: Annotated[Search, examples]) -> UsersBody:
        return UsersBody(service.predictor.names.users_like(asked.text, asked.most))

    @router.post("/items", summary="Items by a part of their id or title")
    def items(asked: Annotated[Search, examples]) -> ItemsBody:
        return ItemsBody(service.predictor.names.items_like(asked.text, asked.most))

    @router.post("/history", summary="What the data has of a user, oldest first")
    def history(
        asked: Annotated[User, Body(examples=[{"user": people.user_ids[0]}])],
    ) -> ItemsBody:
        return ItemsBody(service.predictor.items_of(asked.user))

    told = {"item": "an-id", "title": "Its title", "text": "What else is told of it"}

    @router.post("/new-items", summary="Items that came after training; they are kept until the service ends")
    def new_items(asked: Annotated[NewItems, Body(examples=[{"items": [told]}])]) -> NamedBody:
        return NamedBody(service.add(asked.items))

    return router


def _told(app: FastAPI, service: Service) -> APIRouter:
    """Return what the service tells of itself."""
    router = APIRouter(responses={401: RESPONSES[401]})

    @router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
    async def metrics() -> Response:
        return Response(service.watching.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @router.get("/openapi.json", include_in_schema=False)
    async def schema() -> dict[str, Any]:
        return app.openapi()

    return router
