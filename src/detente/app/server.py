"""The server: its application, made for one folder, and what becomes of errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from detente.app.folder import Folder
from detente.app.guard import Access, Guard
from detente.app.jobs import Jobs
from detente.app.limits import Limits
from detente.app.pool import LOG, Pool
from detente.app.problems import RefusedError, problems_body
from detente.app.routes import answer_json, routes
from detente.errors import Problem
from detente.version import __version__

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
MOST_NAMED = 20  # faults of one request


@dataclass(frozen=True, slots=True)
class Setup:
    """What the app is started with.

    Attributes
    ----------
    folder : whose scenario files may be opened and saved; None for none
    file, case : what the page opens first: a file of the folder, or a case of the library
    access : who may ask
    """

    folder: Path | None = None
    file: str | None = None
    case: str | None = None
    access: Access = field(default_factory=lambda: Access(LOOPBACK))
    limits: Limits = field(default_factory=Limits)


def create_app(setup: Setup) -> FastAPI:
    """Make the application for one folder."""
    app = FastAPI(
        title="Detente",
        version=__version__,
        description="What the pages of `detente app` ask.",
        docs_url=None,  # these pages would load from the network
        redoc_url=None,
        lifespan=_live,
    )
    app.state.setup = setup
    app.state.folder = None if setup.folder is None else Folder(setup.folder)
    app.state.pool = Pool(setup.limits)
    app.state.jobs = Jobs(setup.limits)
    app.include_router(routes)
    pages = Path(str(resources.files("detente.app").joinpath("static")))
    app.mount("/static", StaticFiles(directory=pages), name="static")

    @app.get("/", include_in_schema=False)
    async def show_page() -> FileResponse:
        return FileResponse(pages / "index.html", media_type="text/html")

    app.add_exception_handler(RefusedError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_shape)
    app.add_exception_handler(HTTPException, _refuse_other)
    app.add_middleware(Guard, access=setup.access, limits=setup.limits)
    return app


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncIterator[None]:
    """Start the workers before the first request, end them after the last."""
    await app.state.pool.open()
    await app.state.jobs.open()
    try:
        yield
    finally:
        await app.state.jobs.close()
        await app.state.pool.close()


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101  (registered for nothing else)
    return answer_json(problems_body(error.problems), error.status)


async def _refuse_shape(_: Request, error: Exception) -> Response:
    """Say what is wrong with a request, without repeating what it said."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = [
        Problem("E701", f"{_name(each['loc'])}: {each['msg']}", remedy="see /openapi.json")
        for each in error.errors()[:MOST_NAMED]
    ]
    return answer_json(problems_body(problems), 422)


def _name(place: Any) -> str:
    words = [str(each) for each in place if each != "body"]
    return ".".join(words)[:200] or "the request"


async def _refuse_other(_: Request, error: Exception) -> Response:
    """Answer for addresses and methods that are not there."""
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code >= 500:
        LOG.error("the server refused: %s", error.detail)
    words = HTTPStatus(error.status_code).phrase.lower()
    body = problems_body([Problem("E701", words, remedy="see /openapi.json for what can be asked")])
    return answer_json(body, error.status_code, dict(error.headers or {}))
