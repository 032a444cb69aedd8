"""Hostile and unlucky requests: refused with a message, and the server lives on."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.conftest import Served, serve, wait_until
from detente.app.guard import Access
from detente.app.limits import Limits
from detente.app.server import LOOPBACK, Setup
from detente.cases import case_path
from detente.errors import CODES
from detente.library import read_template

SINGAPORE = case_path("singapore-2018").read_text(encoding="utf-8")
SMALL = read_template("ceasefire")
UNDECIDED = {
    "text": SINGAPORE,
    "plan": "phased",
    "settings": {"inspection.inspectors.catches": 0.5},
}
JSON = {"content-type": "application/json"}


def bomb() -> str:
    """Lists of lists of aliases: nine times nine times nine ..."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


def wide(ladders: int, levels: int) -> str:
    """A scenario whose game has ``levels ** ladders`` states."""
    rungs = ", ".join(f"v{k}: {{undo: 1 year}}" for k in range(1, levels))
    costs = ", ".join(f"v{k}: -{k}" for k in range(levels))
    party = "patience: 90% per year"
    lines = ["title: wide", "clock: 1 year", "parties:"]
    lines += [f"  a: {{name: A, {party}}}", f"  b: {{name: B, {party}}}", "ladders:"]
    for n in range(ladders):
        lines.append(f"  l{n}: {{held_by: a, levels: {{v0: today, {rungs}}}}}")
    lines += ["payoffs:", "  a:", "    scale: points", f"    l0: {{{costs}}}"]
    lines += ["  b:", "    scale: points", f"    l1: {{{costs}}}"]
    lines += ["plans:", "  p:", "    - {a: {l0: v1}}"]
    return "\n".join(lines)


HOSTILE_TEXTS = {
    "alias bomb": bomb(),
    "aliases that lead back": "a: &a {b: *a}\n",
    "deep brackets": "[" * 50_000,
    "deep entries": "\n".join(" " * n + "a:" for n in range(2_000)),
    "a long tag": "!" + "a" * 100_000 + " x",
    "a long key": "a" * 500_000 + ": 1",
    "many keys": "\n".join(f"k{n}: 1" for n in range(50_000)),
    "parameters in a circle": SMALL + "\nparameters: {x: 1 * y, y: 1 * x}\n",
    "a formula without end": SMALL
    + "\nparameters: {x: "
    + "(1+" * 30_000
    + "1"
    + ")" * 30_000
    + "}",
    "a power tower": SMALL + "\nparameters: {x: 9**9**9**9**9}\n",
    "a call": SMALL + "\nparameters: {x: __import__('os').system('id')}\n",
    "a python tag": "!!python/object/apply:os.system ['id']\n",
    "a merge": "a: &a {b: 1}\nc: {<<: *a}\n",
    "control characters": "title: \x01\x02\x7f\n",
    "nothing": "",
    "a number": "12",
    "numbers without end": SMALL.replace("0.9", "1e999") + "\nparameters: {x: 1e308 * 1e308}\n",
}


@pytest.mark.parametrize("words", HOSTILE_TEXTS)
def test_hostile_texts_are_refused_with_a_message(served: Served, words: str) -> None:
    start = time.process_time()
    problems = served.refused("open", 422, text=HOSTILE_TEXTS[words])
    assert problems
    assert all(each["code"] in CODES and each["message"] for each in problems)
    assert time.process_time() - start < 5  # of the server's own thread, which reads no text
    assert served.client.get("/api/about").status_code == 200


@pytest.mark.parametrize("question", ["verdict", "check", "change", "compare"])
def test_questions_about_a_broken_text_are_refused(served: Served, question: str) -> None:
    (problem,) = served.refused(question, 422, text="- 1\n- 2\n")
    assert problem["code"] in CODES


def test_a_game_that_is_too_large_is_refused(served: Served) -> None:
    text = wide(6, 9)  # half a million states
    (problem,) = served.refused("verdict", 422, text=text)
    assert problem["code"] == "E290"


def test_large_requests_are_refused(served: Served) -> None:
    (problem,) = served.refused("open", 413, text="x" * 5_000_000)
    assert problem["code"] == "E702"
    assert served.refused("open", 422, text="x" * 1_500_000)[0]["code"] == "E701"

    def pieces() -> Iterator[bytes]:  # sent without saying how much it will be
        for _ in range(100):
            yield b" " * 100_000

    try:
        answer = served.client.post("/api/open", content=pieces(), headers=JSON)
    except httpx.TransportError:
        pass  # the server closed before everything was sent
    else:
        assert answer.status_code == 413
    assert served.client.get("/api/about").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"a"', b"\xff\xfe", b"{'text': 1}", b'{"text": NaN}',
        b'{"text": "\\ud800"}', b'{"text": ' + b"9" * 10_000 + b"}", b"[" * 1_000_000,
        b'{"a":' * 100_000, b'{"text": "", "settings": {"a": 1e999}}',
        b'{"text": "", "settings": {"a": NaN}}', b'{"text": "", "settings": {"a": "x"}}',
        b'{"text": "", "settings": {"": 1}}', b'{"text": "", "unknown": 1}',
        b'{"text": "a\\u0000"}',
    ],
)  # fmt: skip
def test_malformed_bodies_are_refused(served: Served, body: bytes) -> None:
    answer = served.client.post("/api/verdict", content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert all(each["code"] in CODES for each in answer.json()["problems"])


def raw(port: int, request: bytes) -> bytes:
    """Send bytes, and give what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(request)
        parts = []
        while part := link.recv(65536):
            parts.append(part)
        return b"".join(parts)


@pytest.mark.parametrize(
    "target",
    [
        b"/../../etc/passwd", b"/static/../server.py", b"/static/..%2fserver.py",
        b"/static/%2e%2e/server.py", b"/static/..%5c..%5cserver.py", b"//etc/passwd", b"/%00",
        b"/static/%00", b"/api/jobs/..%2f..%2f", b"/api/jobs/%ff%fe", b"/" + b"a" * 20_000,
        b"/?" + b"a&" * 5_000, b"http://evil.example/api/about/x", b"*", b"/\xff\xfe", b"/ a b",
    ],
)  # fmt: skip
def test_malformed_addresses_lead_nowhere(served: Served, target: bytes) -> None:
    answer = raw(served.port, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n"
                 b"Connection: close\r\n\r\n")  # fmt: skip
    status = answer.split(b" ", 2)[1] if answer else b"closed"
    page = target.startswith(b"/?")
    assert status in ((b"200",) if page else (b"400", b"404", b"405", b"414", b"closed"))
    assert b"root:" not in answer
    assert b"create_app" not in answer
    assert served.client.get("/api/about").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "../secret.yaml", "/etc/passwd", "..", ".", ".hidden.yaml", "a/b.yaml", "a\\b.yaml",
        "C:\\a.yaml", "link.yaml", "secret.txt", "x.yaml\0.txt", "pipe.yaml", "folder.yaml",
        "%2e%2e/secret.yaml", "a\nb.yaml", "\u202egnp.yaml",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(
    tmp_path_factory: pytest.TempPathFactory, trapped: Served, name: str
) -> None:
    for status, question, body in (
        (403, "open", {"file": name}),
        (403, "save", {"path": name, "text": "title: x", "before_digest": None}),
    ):
        answer = trapped.client.post(f"/api/{question}", json=body)
        assert answer.status_code == status
        assert "SECRET" not in answer.text
    assert trapped.client.get("/api/cases").status_code == 200


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a folder with links, a pipe, and a secret beside it."""
    outside = tmp_path_factory.mktemp("outside")
    inside = outside / "inside"
    inside.mkdir()
    (outside / "secret.yaml").write_text("title: SECRET", encoding="utf-8")
    (inside / "secret.txt").write_text("SECRET", encoding="utf-8")
    (inside / "link.yaml").symlink_to(outside / "secret.yaml")
    (inside / "folder.yaml").mkdir()
    os.mkfifo(inside / "pipe.yaml")
    before = sorted(path.name for path in outside.rglob("*"))
    with serve(Setup(inside)) as served:
        yield served
        listed = [each["name"] for each in served.client.get("/api/cases").json()]
        assert not {"link.yaml", "pipe.yaml", "folder.yaml", "secret.txt"} & set(listed)
    assert sorted(path.name for path in outside.rglob("*")) == before


def test_a_file_that_is_no_text_is_refused(served: Served, folder: Path) -> None:
    (folder / "film.yaml").write_bytes(b"\x00\xff\xfe" * 100)
    (folder / "long.yaml").write_bytes(b"a: 1\n" * 300_000)
    assert served.refused("open", 422, file="film.yaml")[0]["code"] == "E707"
    assert served.refused("open", 413, file="long.yaml")[0]["code"] == "E702"
    assert served.client.get("/api/cases").status_code == 200
    (folder / "film.yaml").unlink()
    (folder / "long.yaml").unlink()


def test_a_client_that_goes_away_frees_the_worker(folder: Path) -> None:
    limits = Limits(workers=1, leave_seconds=0.2)
    with serve(Setup(folder, limits=limits)) as served:
        pool = served.app.state.pool
        served.ask("verdict", text=SINGAPORE, plan="phased")
        (before,) = pool.pids
        with pytest.raises(httpx.ReadTimeout):
            served.client.post("/api/verdict", json={**UNDECIDED, "sets": True}, timeout=1.0)
        wait_until(lambda: pool.idle == 1 and pool.pids != (before,))
        with pytest.raises(ProcessLookupError):
            os.kill(before, 0)
        assert served.ask("verdict", text=SMALL)["verdicts"]


def test_a_quick_question_that_nobody_waits_for_keeps_its_worker(folder: Path) -> None:
    with serve(Setup(folder, limits=Limits(workers=1, leave_seconds=30))) as served:
        pool = served.app.state.pool
        served.ask("verdict", text=SINGAPORE)
        before = pool.pids
        with pytest.raises(httpx.ReadTimeout):
            served.client.post("/api/verdict", json=UNDECIDED, timeout=0.02)
        wait_until(lambda: pool.idle == 1)
        assert pool.pids == before


def test_limits_of_time_and_memory_are_kept(folder: Path) -> None:
    limits = Limits(workers=1, check_seconds=2.0)
    with serve(Setup(folder, limits=limits)) as served:
        (problem,) = served.refused("verdict", 504, **UNDECIDED, sets=True)
        assert problem["code"] == "E703"
        assert served.ask("open", text=SMALL)["title"]
    limits = Limits(workers=1, worker_bytes=200 << 20)
    with serve(Setup(folder, limits=limits)) as served:
        (problem,) = served.refused("verdict", 413, **UNDECIDED, sets=True)
        assert problem["code"] == "E704"
        assert served.client.get("/api/about").status_code == 200


def test_a_worker_that_dies_is_replaced(folder: Path) -> None:
    with serve(Setup(folder, limits=Limits(workers=1))) as served:
        pool = served.app.state.pool
        (before,) = pool.pids
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: not any(worker.is_alive for worker in pool._all))
        assert served.ask("open", text=SMALL)["title"]
        assert pool.pids != (before,)


def test_too_many_requests_are_refused(folder: Path) -> None:
    limits = Limits(workers=1, waiting=0, leave_seconds=5.0)
    with serve(Setup(folder, limits=limits)) as served:
        with pytest.raises(httpx.ReadTimeout):
            served.client.post("/api/verdict", json={**UNDECIDED, "sets": True}, timeout=0.5)
        (problem,) = served.refused("open", 429, text=SMALL)  # the worker is still at it
        assert problem["code"] == "E705"
        wait_until(lambda: served.app.state.pool.idle == 1)
        assert served.ask("open", text=SMALL)["title"]


def test_other_names_and_other_pages_are_refused(served: Served) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost.evil"):
        answer = served.client.get("/api/about", headers={"host": host})
        assert answer.status_code in (400, 403)
    for host in ("localhost", f"127.0.0.1:{served.port}", "[::1]:80", "LOCALHOST"):
        assert served.client.get("/api/about", headers={"host": host}).status_code == 200
    for origin in ("http://evil.example", "null", "https://localhost.evil", "http://127.0.0.1:1"):
        answer = served.client.post("/api/open", json={"text": SMALL}, headers={"origin": origin})
        assert (answer.status_code, answer.json()["problems"][0]["code"]) == (403, "E706")
    own = {"origin": served.url}
    assert served.client.post("/api/open", json={"text": SMALL}, headers=own).status_code == 200


def test_every_answer_has_the_headers_of_safety(served: Served) -> None:
    for path in ("/", "/api/about", "/api/nowhere", "/static/nowhere"):
        headers = served.client.get(path).headers
        assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers


def test_on_a_network_everything_needs_the_token(folder: Path) -> None:
    with serve(Setup(folder), Access(None, "a-secret-token")) as served:
        client = served.client
        for path in ("/", "/api/about", "/static/x.css", "/openapi.json", "/?token=wrong"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["problems"][0]["code"]) == (401, "E706")
        assert client.post("/api/open", json={"text": SMALL}).status_code == 401
        answer = client.get("/?token=a-secret-token&x=1")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?x=1")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"detente-token-{served.port}=a-secret-token;")
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert client.get("/api/about").status_code == 200  # the client keeps cookies
        client.cookies.clear()
        bearer = {"authorization": "Bearer a-secret-token"}
        assert client.get("/api/about", headers=bearer).status_code == 200
        answer = client.get("//evil.example/?token=a-secret-token", follow_redirects=False)
        assert not answer.headers.get("location", "/").startswith("//")


def test_saving(served: Served, folder: Path) -> None:
    first = served.ask("save", path="new.yaml", text=SMALL, before_digest=None)
    assert (folder / "new.yaml").read_text(encoding="utf-8") == SMALL
    opened = served.ask("open", file="new.yaml")
    assert opened["digest"] == first["digest"]
    assert served.refused("save", 409, path="new.yaml", text="x", before_digest=None)
    (folder / "new.yaml").write_text(SMALL + "# another hand\n", encoding="utf-8")
    (problem,) = served.refused(
        "save", 409, path="new.yaml", text="x", before_digest=first["digest"]
    )
    assert problem["code"] == "E708"
    assert (folder / "new.yaml").read_text(encoding="utf-8").endswith("# another hand\n")
    again = served.ask("open", file="new.yaml")
    served.ask("save", path="new.yaml", text=SMALL, before_digest=again["digest"])
    assert (folder / "new.yaml").read_text(encoding="utf-8") == SMALL
    assert [path.name for path in folder.iterdir()] == ["new.yaml"]


def test_without_a_folder_nothing_is_opened_or_saved() -> None:
    assert LOOPBACK
    with serve(Setup(None)) as served:
        assert served.refused("open", 404, file="a.yaml")[0]["code"] == "E707"
        body: dict[str, Any] = {"path": "a.yaml", "text": SMALL, "before_digest": None}
        assert served.refused("save", 404, **body)[0]["code"] == "E707"
        kinds = {each["kind"] for each in json.loads(served.client.get("/api/cases").text)}
        assert kinds == {"case", "template"}
