"""Compiling is announced, once, and only when it happens; the program knows its name."""

from __future__ import annotations

import numba
import pytest

from detente.cli import output


def test_compiling_is_said_once_on_stderr(capsys):
    @numba.njit
    def first(x):
        return x + 1

    @numba.njit
    def second(x):
        return x + 2

    with output.working("thinking"):
        assert first(1) == 2
        assert second(1) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.replace("\n", " ").count("Compiling the solver, once") == 1


def test_nothing_is_said_where_nothing_is_compiled(capsys):
    with output.working("thinking"):
        pass
    assert capsys.readouterr().err == ""


def test_what_is_done_is_never_read_as_markup():
    with output.working("checking [/bold] [red]"):
        pass


def test_the_listener_goes_when_the_work_fails():
    from numba.core import event

    before = [list(each) for each in event._registered.values()]
    with pytest.raises(ZeroDivisionError), output.working("failing"):
        raise ZeroDivisionError
    assert [list(each) for each in event._registered.values()] == before or not any(
        event._registered["numba:compile"]
    )


def test_the_command_is_named_as_the_reader_would_start_it(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "detente"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert output.name_command() == str(program)
    monkeypatch.setenv("PATH", str(program.parent))
    assert output.name_command() == "detente"
