"""Runs the server: a port, an address, the browser."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import quote

import uvicorn

from detente.app.guard import Access
from detente.app.server import LOOPBACK, Setup, create_app
from detente.errors import DetenteError, Problem

DEFAULT_PORT = 8010
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (listened on only where asked for)
PORTS_TRIED = 50
TOKEN_BYTES = 24
GRACE_SECONDS = 2  # for answers under way, when the server is stopped
MOST_CONNECTIONS = 200


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int | None) -> socket.socket:
    """Take a port: the one asked for, else the first that is free.

    Raises
    ------
    DetenteError
        E710 where the port is taken, or the address is not one of this machine.
    """
    ports: Sequence[int] = (
        range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED) if port is None else [port]
    )
    for number in ports:
        try:
            return _bind(host, number)
        except OSError as error:
            reason = error.strerror or str(error)
            taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
            if not taken or port is not None:
                what = f"port {number} of {host} cannot be used: {reason.lower()}"
                remedy = "leave --port out, or name another; --host is an address of this machine"
                raise DetenteError(Problem("E710", what, remedy=remedy)) from None
    what = f"no port from {ports[0]} to {ports[-1]} of {host} is free"
    raise DetenteError(Problem("E710", what, remedy="name another with --port"))


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    taken = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_REUSEADDR") and hasattr(socket, "AF_UNIX"):  # not on Windows
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(128)
    except BaseException:
        taken.close()
        raise
    return taken


def make_access(host: str) -> Access:
    """Say who may ask: everybody on this machine, or who has the token, on a network."""
    if is_loopback(host):
        return Access(LOOPBACK | {f"[{host}]" if ":" in host else host})
    return Access(None, secrets.token_urlsafe(TOKEN_BYTES))


def address_of(host: str, port: int, access: Access) -> str:
    """Give the address to open; of a server on all addresses, by the machine's name.

    Examples
    --------
    >>> address_of("::1", 80, Access(None)), address_of("127.0.0.1", 81, Access(None, "a"))
    ('http://[::1]:80/', 'http://127.0.0.1:81/?token=a')
    """
    everywhere = host in EVERYWHERE
    name = socket.gethostname() if everywhere else f"[{host}]" if ":" in host else host
    token = "" if access.token is None else f"?token={quote(access.token)}"
    return f"http://{name}:{port}/{token}"


def serve(
    setup: Setup,
    host: str,
    port: int | None,
    say: Callable[[str], None],
    *,
    browse: bool,
) -> None:
    """Serve until the program is stopped.

    Parameters
    ----------
    setup : what is served; who may ask is decided here, by ``host``
    host : address to listen on
    port : the port, or None for the first that is free
    say : is told the address
    browse : whether to open it in the browser

    Raises
    ------
    DetenteError
        E710 for the port.
    """
    access = make_access(host)
    taken = listen(host, port)
    number = taken.getsockname()[1]
    address = address_of(host, number, access)
    app = create_app(replace(setup, access=access))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    say(address)
    if browse:
        own = address_of("127.0.0.1", number, access) if host in EVERYWHERE else address
        threading.Timer(0.1, webbrowser.open, [own]).start()
    with taken:
        asyncio.run(server.serve(sockets=[taken]))
