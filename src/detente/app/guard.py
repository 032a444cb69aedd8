"""What stands before every request: who may ask, from where, and how much."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from detente.app.limits import Limits
from detente.app.problems import RefusedError, problems_body, refusal
from detente.errors import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "detente-token"
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes
    ----------
    hosts : the names under which the server may be called, None for any
    token : what everybody has to know, None where all on this machine may ask
    """

    hosts: frozenset[str] | None
    token: str | None = None


class Guard:
    """Refuses what may not be asked; puts the headers of safety on every answer."""

    def __init__(self, app: App, access: Access, limits: Limits) -> None:
        self._app = app
        self._access = access
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as ASGI has it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in HEADERS}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in own]
                message["headers"] = [*kept, *HEADERS]
            await send(message)

        headers = {key.lower(): value for key, value in scope["headers"]}
        try:
            self._check_host(headers)
            self._check_origin(scope["method"], headers)
            if self._access.token is not None:
                welcome = self._check_token(scope, headers)
                if welcome is not None:
                    await _redirect(send_safely, welcome, _cookie_name(scope), self._access.token)
                    return
            body = await self._read_body(headers, receive)
        except RefusedError as error:
            await refuse(send_safely, error)
            return
        await self._app(scope, _replay(body, receive), send_safely)

    def _check_host(self, headers: dict[bytes, bytes]) -> None:
        """Refuse other names: a page elsewhere may have made its own name lead here."""
        host = _host_of(headers.get(b"host", b""))
        if self._access.hosts is not None and host not in self._access.hosts:
            raise refusal(
                403,
                "E706",
                "the app is not called by this name",
                "open the address that the program printed",
            )

    @staticmethod
    def _check_origin(method: str, headers: dict[bytes, bytes]) -> None:
        """Refuse what another page asks for."""
        origin, host = headers.get(b"origin"), headers.get(b"host", b"")
        if origin is None or method in READING_METHODS:
            return
        if origin not in (b"http://" + host, b"https://" + host):
            raise refusal(403, "E706", "another page asks for this", "use the app's own page")

    def _check_token(self, scope: Scope, headers: dict[bytes, bytes]) -> str | None:
        """Refuse who does not know the token; give where to go who has it in the address."""
        token = (self._access.token or "").encode("ascii")
        try:
            query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), max_num_fields=50)
        except ValueError:
            raise refusal(
                400, "E701", "the address has too many fields", "send the request again"
            ) from None
        given = dict(query).get("token")
        if given is not None and _same(given.encode("utf-8", "replace"), token):
            rest = urlencode([pair for pair in query if pair[0] != "token"])
            # one slash at its start, so that it leads nowhere else
            return "/" + quote(scope["path"].lstrip("/\\")) + (f"?{rest}" if rest else "")
        bearer = headers.get(b"authorization", b"")
        if bearer.startswith(b"Bearer ") and _same(bearer[7:], token):
            return None
        if _same(_cookie(headers.get(b"cookie", b""), _cookie_name(scope)), token):
            return None
        raise refusal(
            401,
            "E706",
            "the token is missing or wrong",
            "open the whole address that the program printed",
        )

    async def _read_body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        """Read the whole body, which is refused as soon as it is too large or too slow."""
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length[:20]) > self._limits.body_bytes:
            raise RefusedError(413, too_large(self._limits.body_bytes))
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise refusal(400, "E701", "the client went away", "send the request again")
                    part = message.get("body", b"")
                    size += len(part)
                    if size > self._limits.body_bytes:
                        raise RefusedError(413, too_large(self._limits.body_bytes))
                    parts.append(part)
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError:
            raise refusal(
                408, "E701", "the request did not come to its end", "send the request again"
            ) from None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once more, and after it whatever comes."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def refuse(send: Send, error: RefusedError) -> None:
    """Answer with the problems of a request that is refused."""
    body = problems_body(error.problems)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode("ascii")),
    ]
    if error.status in (408, 413):
        headers.append((b"connection", b"close"))  # what is left of the body is not read
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _redirect(send: Send, path: str, name: str, token: str) -> None:
    """Take the token out of the address, and keep it in a cookie."""
    cookie = f"{name}={token}; Path=/; HttpOnly; SameSite=Strict"
    headers = [
        (b"location", path.encode("ascii")),
        (b"set-cookie", cookie.encode("ascii")),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _host_of(header: bytes) -> str:
    """Give the name in a Host header, without its port.

    Examples
    --------
    >>> _host_of(b"localhost:8000"), _host_of(b"[::1]:8000"), _host_of(b"127.0.0.1")
    ('localhost', '[::1]', '127.0.0.1')
    """
    text = header.decode("latin-1").lower()
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    return text.partition(":")[0]


def _cookie_name(scope: Scope) -> str:
    """Give the cookie's name: browsers share cookies between the ports of a machine."""
    server = scope.get("server")
    return f"{COOKIE}-{server[1]}" if server else COOKIE


def _cookie(header: bytes, name: str) -> bytes:
    try:
        found = SimpleCookie(header.decode("latin-1")).get(name)
    except CookieError:
        return b""
    return b"" if found is None else found.value.encode("utf-8")


def _same(given: bytes, token: bytes) -> bool:
    return hmac.compare_digest(given, token)


def too_large(limit: int) -> Problem:
    """Say that a request is too large."""
    remedy = "a scenario has a few kB; is it the right file?"
    return Problem("E702", f"a request may have {limit // 1_000_000} MB", remedy=remedy)
