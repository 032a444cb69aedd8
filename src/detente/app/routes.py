"""What can be asked of the server."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from detente.app import models as m
from detente.app.folder import Folder
from detente.app.jobs import Jobs
from detente.app.limits import Limits
from detente.app.pool import Pool, Reply
from detente.app.problems import RefusedError, refusal
from detente.ask.verdict import Reading
from detente.cases import case_names, case_path
from detente.library import describe_templates, read_template
from detente.templates import template_names
from detente.version import __version__

T = TypeVar("T", bound=BaseModel)

MOST_LOOKED_AT = 20_000  # characters of a file, for its title
FOLLOWS = {
    Reading.NO_DEAL: "the others go back to what they would do without a deal",
    Reading.WRITTEN: "the plan's own response follows, as far as it is carried out",
    Reading.HARSHEST: "the worst follows that could be done credibly",
}
SAID: dict[int | str, dict[str, Any]] = {
    status: {"model": m.ProblemsGiven, "description": words}
    for status, words in {
        400: "The request cannot be read.",
        401: "The token is missing or wrong.",
        403: "Not allowed.",
        408: "The request did not come to its end.",
        413: "Too large, or it needs too much memory.",
        422: "The scenario, the question or the request is wrong.",
        429: "Too much at once.",
        500: "A fault of Detente.",
        504: "It took too long.",
    }.items()
}
ABSENT: dict[int | str, dict[str, Any]] = {
    404: {"model": m.ProblemsGiven, "description": "It is not there."}
}
CHANGED: dict[int | str, dict[str, Any]] = {
    409: {"model": m.ProblemsGiven, "description": "The file has changed meanwhile."}
}

routes = APIRouter(prefix="/api", responses=SAID)


def answer_json(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Give an answer whose body is JSON already."""
    return Response(body, status, headers, media_type="application/json")


def _limits(request: Request) -> Limits:
    limits: Limits = request.app.state.setup.limits
    return limits


async def _ask(request: Request, task: str, asked: dict[str, Any], seconds: float) -> Response:
    """Have a worker answer; end that once the client has gone."""
    pool: Pool = request.app.state.pool
    text = asked.get("text", "")
    key = hashlib.sha256(text.encode("utf-8")).hexdigest()
    answer = asyncio.create_task(pool.ask(task, asked, seconds, key))
    gone = asyncio.create_task(_wait_until_gone(request))
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():  # most answers come soon, and ending a worker costs more
            await asyncio.wait({answer}, timeout=_limits(request).leave_seconds)
        if not answer.done():
            answer.cancel()
            await asyncio.wait({answer})
            raise refusal(400, "E701", "the client went away")
        reply: Reply = answer.result()
    finally:
        gone.cancel()
        answer.cancel()
    return answer_json(reply.body, reply.status)


async def _wait_until_gone(request: Request) -> None:
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            return


@routes.get("/about")
async def about(request: Request) -> m.AboutGiven:
    """Say what the page needs to know at its start."""
    setup = request.app.state.setup
    folder: Folder | None = request.app.state.folder
    limits: Limits = setup.limits
    return m.AboutGiven(
        version=__version__,
        folder=None if folder is None else folder.name,
        file=setup.file,
        case=setup.case,
        readings=[
            m.ReadingGiven(id=each.value, words=each.words, follows=FOLLOWS[each])
            for each in Reading
        ],
        limits={
            "text_characters": limits.text_characters,
            "check_seconds": limits.check_seconds,
            "job_seconds": limits.job_seconds,
            "jobs": limits.jobs,
            "samples": limits.samples,
        },
    )


@routes.get("/cases", response_model=list[m.CaseGiven])
async def cases(request: Request) -> Response:
    """List cases, templates, and the files of the folder."""
    folder: Folder | None = request.app.state.folder
    texts: dict[str, str] = {}
    kinds: list[tuple[str, str]] = []
    for name in case_names():
        texts[f"case {name}"] = case_path(name).read_text(encoding="utf-8")[:MOST_LOOKED_AT]
        kinds.append((name, "case"))
    for name in template_names():
        texts[f"template {name}"] = read_template(name)[:MOST_LOOKED_AT]
        kinds.append((name, "template"))
    if folder is not None:
        for name in folder.names():
            texts[f"file {name}"] = folder.head(name, MOST_LOOKED_AT)
            kinds.append((name, "file"))
    pool: Pool = request.app.state.pool
    reply = await pool.ask("titles", {"texts": texts}, _limits(request).quick_seconds)
    words = json.loads(reply.body)
    found = [{"name": n, "kind": kind, **words[f"{kind} {n}"]} for n, kind in kinds]
    for each in found:
        if each["kind"] == "template":
            each["question"] = describe_templates()[each["name"]]
    return answer_json(json.dumps(found).encode("ascii"))


@routes.post("/open", response_model=m.OpenGiven, responses=ABSENT)
async def open_scenario(asked: m.OpenAsked, request: Request) -> Response:
    """Read a case, a template, a file of the folder, or a text."""
    text, name, digest = _find_text(asked, request.app.state.folder)
    given = {"text": text, "name": name, "digest": digest}
    return await _ask(request, "open", given, _limits(request).quick_seconds)


def _find_text(asked: m.OpenAsked, folder: Folder | None) -> tuple[str, str, str | None]:
    ways = [asked.case, asked.template, asked.file, asked.text]
    if sum(each is not None for each in ways) != 1:
        raise refusal(
            422, "E701", "say what to open in one way", "give one of case, template, file and text"
        )
    if asked.case is not None:
        if asked.case not in case_names():
            raise _not_there(asked.case, "case", case_names())
        return case_path(asked.case).read_text(encoding="utf-8"), asked.case, None
    if asked.template is not None:
        if asked.template not in template_names():
            raise _not_there(asked.template, "template", template_names())
        return read_template(asked.template), asked.template, None
    if asked.file is not None:
        if folder is None:
            raise refusal(404, "E707", "the app was given no folder", "start it with --folder")
        text, digest = folder.read(asked.file)
        return text, asked.file, digest
    return asked.text or "", asked.name or "", None


def _not_there(name: str, what: str, names: tuple[str, ...]) -> RefusedError:
    remedy = f"{what}s: {', '.join(names)}"
    return refusal(404, "E707", f"there is no {what} '{name}'", remedy)


@routes.post("/verdict", response_model=m.VerdictsGiven)
async def verdict(asked: m.VerdictAsked, request: Request) -> Response:
    """Say whether plans hold, as fast as can be."""
    seconds = _limits(request).check_seconds if asked.sets else _limits(request).quick_seconds
    return await _ask(request, "verdict", asked.model_dump(), seconds)


@routes.post("/check", response_model=m.CheckGiven)
async def check(asked: m.CheckAsked, request: Request) -> Response:
    """Give all that is known about plans."""
    return await _ask(request, "check", asked.model_dump(), _limits(request).check_seconds)


@routes.post("/pictures", response_model=m.PicturesGiven)
async def pictures(asked: m.PicturesAsked, request: Request) -> Response:
    """Draw a plan's margins, or the payoffs."""
    return await _ask(request, "pictures", asked.model_dump(), _limits(request).check_seconds)


@routes.post("/explain", response_model=m.ExplainGiven)
async def explain(asked: m.ExplainAsked, request: Request) -> Response:
    """Show the terms of a margin."""
    return await _ask(request, "explain", asked.model_dump(), _limits(request).check_seconds)


@routes.post("/compare", response_model=m.SectionGiven)
async def compare(asked: m.CompareAsked, request: Request) -> Response:
    """Compare plans side by side."""
    return await _ask(request, "compare", asked.model_dump(), _limits(request).check_seconds)


@routes.post("/screen", response_model=m.SectionGiven)
async def screen(asked: m.ScreenAsked, request: Request) -> Response:
    """Say which types of a party would keep a plan."""
    return await _ask(request, "screen", asked.model_dump(), _limits(request).check_seconds)


@routes.post("/sources", response_model=m.RecordGiven)
async def sources(asked: m.SourcesAsked, request: Request) -> Response:
    """Say what every number rests on, as far as the file itself tells."""
    return await _ask(request, "sources", asked.model_dump(), _limits(request).quick_seconds)


@routes.post("/leaning", response_model=m.LeaningGiven)
async def leaning(asked: m.LeaningAsked, request: Request) -> Response:
    """Find the numbers on which the verdict on a plan hangs most."""
    return await _ask(request, "leaning", asked.model_dump(), _limits(request).check_seconds)


@routes.post("/jobs", response_model=m.JobMade)
async def begin_job(asked: m.JobAsked, request: Request) -> m.JobMade:
    """Begin what takes longer."""
    jobs: Jobs = request.app.state.jobs
    return m.JobMade(id=jobs.begin(asked.kind, asked.model_dump()).id)


@routes.get("/jobs/{job}", response_model=m.JobGiven, responses=ABSENT)
async def ask_job(job: str, request: Request) -> Response:
    """Say how far a job is, and give its result."""
    jobs: Jobs = request.app.state.jobs
    return answer_json(jobs.describe(job))


@routes.delete("/jobs/{job}", response_model=m.JobGiven, responses=ABSENT)
async def cancel_job(job: str, request: Request) -> Response:
    """Cancel a job; one that has ended stays as it is."""
    jobs: Jobs = request.app.state.jobs
    await jobs.cancel(job)
    return answer_json(jobs.describe(job))


@routes.get("/jobs/{job}/file", response_class=FileResponse, responses=ABSENT)
async def job_file(job: str, request: Request) -> FileResponse:
    """Give the report or the samples that a job has written."""
    jobs: Jobs = request.app.state.jobs
    found = jobs.find(job)
    path = found.file()
    if path is None:
        raise refusal(404, "E709", "this job has written no file")
    return FileResponse(path, filename=f"detente-{found.kind}{path.suffix}")


@routes.post("/change", response_model=m.ChangeGiven)
async def change(asked: m.ChangeAsked, request: Request) -> Response:
    """Write settings into the text, with its comments kept."""
    return await _ask(request, "change", asked.model_dump(), _limits(request).quick_seconds)


@routes.post("/steps", response_model=m.StepsGiven)
async def steps(asked: m.StepsAsked, request: Request) -> Response:
    """Change the steps of a plan in the text, with its comments kept."""
    return await _ask(request, "steps", asked.model_dump(), _limits(request).quick_seconds)


@routes.post("/difference", response_model=m.DifferenceGiven)
async def difference(asked: m.DifferenceAsked, request: Request) -> Response:
    """Say how two texts differ."""
    return await _ask(request, "difference", asked.model_dump(), _limits(request).quick_seconds)


@routes.post("/save", response_model=m.SaveGiven, responses={**ABSENT, **CHANGED})
async def save(asked: m.SaveAsked, request: Request) -> m.SaveGiven:
    """Write a text into the folder, where the file still is what was opened."""
    folder: Folder | None = request.app.state.folder
    if folder is None:
        raise refusal(404, "E707", "the app was given no folder", "start it with --folder")
    written = folder.write(asked.path, asked.text, asked.before_digest)
    return m.SaveGiven(path=asked.path, digest=written)
