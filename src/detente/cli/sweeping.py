"""``detente sweep``: over what share of the ranges plans hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.commands import AsJson, File, ReadingName, Settings, read_file
from detente.cli.output import error_console, print_answer, working, write_answer
from detente.cli.reporting import Report, ReportFormat, prepare_report, say_where, write_report
from detente.errors import DetenteError, Problem
from detente.show.words import count

if TYPE_CHECKING:
    from detente.ask.sweeping.answer import Sweep
    from detente.ask.sweeping.sweep import Progress
    from detente.ask.verdict import StatementResult
    from detente.scenario.model import Scenario

INTERRUPTED = 130
SECONDS_BETWEEN_LINES = 10.0  # of progress, where nobody watches a terminal


def sweep(
    file: File,
    plans: Annotated[
        list[str] | None,
        typer.Option(
            "--plans", "--plan", metavar="PLAN,...", help="Plans; without it, all. Repeatable."
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(metavar="N", help="How many samples; powers of two cover ranges best.")
    ] = 1024,
    seed: Annotated[int, typer.Option(metavar="S", help="Of the quasi-random sequence.")] = 1,
    workers: Annotated[
        int | None, typer.Option(metavar="W", help="Processes; without it, one a processor.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="Compute on the Dask cluster there instead."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv|FILE.parquet", help="Write all samples to this file."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the unfinished sweep in --output.")
    ] = False,
    settings: Settings = None,
    reading: Annotated[
        ReadingName | None,
        typer.Option(help="What follows a breach; without it, all three, mildest first."),
    ] = None,
    map_: Annotated[
        str | None,
        typer.Option(
            "--map", metavar="PATH,PATH", help="Map these two numbers, not the two that matter most"
        ),
    ] = None,
    sets: Annotated[
        bool,
        typer.Option(
            "--sets", help="Compute payoff sets where a verdict needs them, which takes long."
        ),
    ] = False,
    report: Report = None,
    format_: ReportFormat = None,
    json: AsJson = False,
) -> None:
    """Say over what share of the stated ranges plans hold, and what that hangs on."""
    chosen = None if report is None else prepare_report(report, format_)
    given = read_file(file)
    with working(f"preparing a sweep of {given.title}"):
        from detente.ask.sweeping.sweep import sweep as run_sweep
        from detente.ask.verdict import Reading

    names = [name.strip() for each in plans or () for name in each.split(",") if name.strip()]
    with _progress() as tell:
        answer = run_sweep(
            given,
            names or None,
            None if reading is None else (Reading(str(reading)),),
            tuple(settings or ()),
            samples=samples,
            seed=seed,
            workers=workers,
            cluster=cluster,
            output=output,
            resume=resume,
            pair=None if map_ is None else _read_pair(map_),
            sets=sets,
            tell=tell,
            warn=_warn,
        )
    _show(answer, as_json=json)
    if report is not None and chosen is not None:
        _write_report(answer, given, report, chosen)
    if not answer.complete:
        if output is not None:
            typer.echo("stopped; the same command with --resume goes on", err=True)
        raise typer.Exit(INTERRUPTED)


def _read_pair(text: str) -> tuple[str, str]:
    names = [each.strip() for each in text.split(",")]
    if len(names) != 2 or not all(names):
        raise DetenteError(
            Problem("E452", f"a map is over two numbers, not '{text}'",
                    remedy="write --map PATH,PATH, such as --map inspectors.catches,us.turnover")
        )  # fmt: skip
    return names[0], names[1]


def _warn(broken: Sequence[StatementResult]) -> None:
    """Say before the long part that the model contradicts what the analyst is sure of."""
    from detente.show.terminal import broken_statements

    console = error_console()
    for each in broken_statements(list(broken)):
        console.print(each)


def _show(answer: Sweep, *, as_json: bool) -> None:
    if as_json:
        from detente.show.as_json import dump_json
        from detente.show.sweep_json import sweep_as_json

        write_answer(dump_json(sweep_as_json(answer)))
        return
    from detente.show.sweep_terminal import render_sweep

    print_answer(render_sweep(answer))


def _write_report(answer: Sweep, scenario: Scenario, path: Path, format_: str) -> None:
    with working("drawing the report"):
        from detente.show.sweep_report import render_sweep_report

        page = render_sweep_report(answer, scenario)
    write_report(page, path, format_)
    say_where(path)


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """Show how far it is, how fast, how long still: a bar on a terminal, else a line at times."""
    console = error_console()
    if not console.is_terminal:
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("checking the file's own values", total=None)
        pace = _Pace()

        def tell(progress: Progress) -> None:
            words = pace.words(progress)
            bar.update(task, completed=progress.done, total=progress.samples, description=words)

        yield tell


class _Pace:
    """Says how fast samples come, and how long it will take still."""

    def __init__(self) -> None:
        self._start: float | None = None

    def words(self, progress: Progress) -> str:
        """Give the pace since the first call."""
        now = time.monotonic()
        if self._start is None:
            self._start = now
        fresh, passed = progress.done - progress.earlier, now - self._start
        if fresh <= 0 or passed <= 0:
            return f"starting {count(progress.workers, 'worker')}"
        rate = fresh / passed
        left = (progress.samples - progress.done) / rate
        return f"{rate:.3g} a second, {_say_time(left)} left"


class _Lines:
    """Progress as a line now and then."""

    def __init__(self) -> None:
        self._pace = _Pace()
        self._last: float | None = None
        self._rated = False

    def __call__(self, progress: Progress) -> None:
        words = self._pace.words(progress)
        now = time.monotonic()
        first_rate = not self._rated and progress.done > progress.earlier
        if first_rate or self._last is None or now - self._last >= SECONDS_BETWEEN_LINES:
            self._last, self._rated = now, self._rated or first_rate
            typer.echo(f"{progress.done:,} of {progress.samples:,} samples, {words}", err=True)


def _say_time(seconds: float) -> str:
    """Write a time that is left.

    Examples
    --------
    >>> _say_time(42), _say_time(150), _say_time(7300)
    ('42 s', '2 min 30 s', '2 h 1 min')
    """
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
