"""The commands. Each imports what it needs when it runs, so that help and reading stay quick."""

from __future__ import annotations

import shutil
import textwrap
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.output import name_command, print_answer, working, write_answer
from detente.cli.reporting import (
    Explore,
    Goal,
    Report,
    ReportFormat,
    With,
    read_wishes,
    report_check,
    say_where,
    wish_for,
)

if TYPE_CHECKING:
    from detente.ask.knowledge import Knower
    from detente.ask.verdict import Check, Reading
    from detente.scenario.model import Scenario
    from detente.solve.solution import Solution

DEMO_CASE = "singapore-2018"
UNANSWERED = 3
SETS_SECONDS = 60.0


class ReadingName(StrEnum):
    """What may follow ``--reading``; spelt as `detente.ask.verdict.Reading`."""

    NO_DEAL = "no-deal"
    WRITTEN = "written"
    HARSHEST = "harshest"


File = Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or a case's name.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a number of the file, for instance inspectors.catches=50%. Repeatable.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON (docs/json.md).")]


def demo(
    report: Annotated[
        Path, typer.Option(metavar="FILE.html", help="Where to write the report.")
    ] = Path(f"{DEMO_CASE}.html"),
) -> None:
    """Check the shipped case of the Singapore summit, June 2018, and write its report."""
    from detente.show.terminal import render_check

    scenario = read_file(DEMO_CASE)
    wanted = wish_for(scenario, report)
    answer, _ = _ask(scenario, picture=True)
    report_check(scenario, answer, wanted, SETS_SECONDS)
    print_answer(render_check(answer))
    typer.echo(f"\nThe report is in {report.resolve()}")
    command = name_command()
    typer.echo(f"Move its numbers yourself, in the browser:  {command} app {DEMO_CASE}")
    typer.echo(f"Five minutes' introduction, here:           {command} tour")


def check(
    file: File,
    plan: Annotated[
        list[str] | None,
        typer.Option(metavar="PLAN", help="A plan of the file; without it, all. Repeatable."),
    ] = None,
    settings: Settings = None,
    reading: Annotated[
        ReadingName | None,
        typer.Option(
            help="What follows a breach: the others go back to what they would do without a deal"
            " (no-deal), the plan's own response (written), or the worst that anybody could"
            " credibly do (harshest). Without it, all three."
        ),
    ] = None,
    json: AsJson = False,
    report: Report = None,
    format_: ReportFormat = None,
    with_: With = None,
    goal: Goal = None,
    explore: Explore = None,
    proof: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="Prove the verdicts in this file, and write the game beside it, for"
            " detente-verify.",
        ),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            help="Time for the payoff sets, where a verdict needs them; 0 computes none.",
        ),
    ] = SETS_SECONDS,
) -> None:
    """Say for each plan whether every party would want to keep it at every step."""
    from detente.library import select_plans

    scenario = read_file(file, settings)
    plans = tuple(each.id for each in select_plans(scenario, plan or ()))
    wanted = read_wishes(scenario, report, format_, with_, goal, explore)
    if proof is not None:
        _prepare_proof(proof)
    answer, knower = _ask(
        scenario, plans, reading, tuple(settings or ()), time_limit, picture=report is not None
    )
    if wanted is not None:
        report_check(scenario, answer, wanted, time_limit)
    proven = "" if proof is None else _write_proof(file, answer, knower, proof)
    if json:
        from detente.show.as_json import check_as_json, dump_json

        write_answer(dump_json(check_as_json(answer)))
    else:
        from detente.show.terminal import render_check

        print_answer(render_check(answer))
    if wanted is not None:
        say_where(wanted.path)
    if proven:
        typer.echo(proven, err=True)
    raise typer.Exit(answer.exit_code)


def explain(
    file: File,
    plan: Annotated[str, typer.Option(metavar="PLAN", help="The plan.")],
    step: Annotated[
        str, typer.Option(metavar="STEP", help="The step: its number, its name, or settled.")
    ],
    party: Annotated[
        str | None,
        typer.Option(metavar="PARTY", help="Whose margin; without it, whose is smallest."),
    ] = None,
    settings: Settings = None,
    reading: Annotated[
        ReadingName, typer.Option(help="What follows a breach; see check --help.")
    ] = ReadingName.NO_DEAL,
    json: AsJson = False,
) -> None:
    """Show why a margin is what it is: its terms, each with its line and source."""
    from detente.library import select_party, select_plans, select_step

    scenario = read_file(file, settings)
    (chosen,) = select_plans(scenario, [plan])
    number = select_step(chosen, step)
    who = None if party is None else select_party(scenario, party)
    with working(f"explaining step {number} of {plan}"):
        from detente.ask.explain import explain as explain_margin

        answer = explain_margin(scenario, plan, str(number), who, _reading(reading))
    if json:
        from detente.show.as_json import dump_json, explanation_as_json

        write_answer(dump_json(explanation_as_json(answer)))
    else:
        from detente.show.explained import render_explanation

        print_answer(render_explanation(answer, scenario.sources))


def new(
    template: Annotated[
        str | None,
        typer.Argument(metavar="TEMPLATE", help="Which template; without it, they are listed."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="The file to write; by default TEMPLATE.yaml."),
    ] = None,
) -> None:
    """Start a scenario of your own from a commented template."""
    from detente.cli.files import EDITOR_LINE, SCHEMA_FILE, write_new_file, write_schema
    from detente.library import describe_templates, read_template

    if template is None:
        width = max(len(name) for name in describe_templates())
        columns = max(40, shutil.get_terminal_size().columns)
        for name, words in describe_templates().items():
            line = f"{name:<{width}}  {words}"
            typer.echo(textwrap.fill(line, columns, subsequent_indent=" " * (width + 2)))
        typer.echo("\nTake one with: detente new TEMPLATE")
        return
    path = Path(f"{template}.yaml") if output is None else output
    write_new_file(path, f"{EDITOR_LINE}\n{read_template(template)}")
    write_schema(path.parent / SCHEMA_FILE, ours_only=True)
    typer.echo(f"{path} is written. It is complete; change it where it says so, and run:")
    typer.echo(f"  detente check {path}")
    typer.echo(f"({SCHEMA_FILE} beside it is for editors that help with such files.)")


def schema(
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Write it to this file, which may be there."),
    ] = None,
) -> None:
    """Give the JSON Schema of scenario files, for completion and help in editors."""
    from detente.cli.files import write_schema
    from detente.scenario.schema import json_schema

    if output is None:
        write_answer(_dump(json_schema()))
    else:
        write_schema(output)
        typer.echo(f"{output} is written. docs/editors.md says what editors do with it.")


def solve(
    file: Annotated[str, typer.Argument(metavar="GAME.json", help="A game file.")],
    json: AsJson = False,
    directions: Annotated[
        int | None,
        typer.Option(metavar="N", help="Bound by N equally spaced directions instead."),
    ] = None,
    directions_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Bound by the directions in this file instead."),
    ] = None,
    tolerance: Annotated[float, typer.Option(help="Relative to the range of payoffs.")] = 1e-6,
    max_iterations: Annotated[int, typer.Option(help="Most rounds.")] = 20_000,
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Stop after this time.")
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option(metavar="OUT.json", help="Prove the answer; docs/proof-format.md."),
    ] = None,
    point: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE:X,Y",
            help="With --proof: prove whether an equilibrium of the state pays this instead."
            " Repeatable.",
        ),
    ] = None,
) -> None:
    """Compute the equilibrium payoffs of a game file."""
    from detente.cli.files import read_directions, refuse_both, refuse_points_without_proof
    from detente.game.files import read_game

    refuse_both(directions, directions_file)
    refuse_points_without_proof(point, proof)
    game = read_game(Path(file))
    asked = directions if directions_file is None else read_directions(directions_file)
    with working(f"solving {file}"):
        from detente.solve.dispatch import solve as solve_game
        from detente.solve.options import Options

        solution = solve_game(
            game,
            Options(
                tol=tolerance,
                max_iterations=max_iterations,
                time_limit_seconds=time_limit,
                directions=asked,
                keep_interrupted=True,
            ),
        )
    told, proven = "", True
    if proof is not None:
        with working(f"proving what {file} has"):
            from detente.cli.proofs import write_proof

            told, proven = write_proof(Path(file), solution, point or (), proof)
    _show_solution(solution, game.players, as_json=json)
    if told:
        typer.echo(told, err=True)
    raise typer.Exit(0 if solution.status.is_answer and proven else UNANSWERED)


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A game: .json or .nfg.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="What to write: .json, .nfg, .efg.")
    ],
    discount: Annotated[
        list[str] | None,
        typer.Option(
            metavar="D", help="Discount factor of an .nfg file; repeat it for one each player."
        ),
    ] = None,
    periods: Annotated[int, typer.Option(metavar="T", help="Periods of an .efg file.")] = 1,
    start: Annotated[str, typer.Option(metavar="STATE", help="Where an .efg file starts.")] = "0",
) -> None:
    """Convert a game between game files and Gambit's formats."""
    from detente.cli.files import write_new_file
    from detente.game.convert import WRITTEN, check_ending, print_document, read_document

    ending = check_ending(target, WRITTEN, "written to")
    text = print_document(read_document(source, discount or ()), ending, periods, start)
    write_new_file(target, text, "")
    typer.echo(f"{target} is written.")


def _show_solution(solution: Solution, players: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        from detente.show.as_json import dump_json
        from detente.show.solution_json import document_from_solution

        write_answer(dump_json(document_from_solution(solution)))
        return
    from detente.show.solved import render_solution

    print_answer(render_solution(solution, players))


def read_file(file: str, settings: list[str] | None = None) -> Scenario:
    """Read a scenario file or a shipped case, with some numbers changed."""
    from detente.library import find_scenario
    from detente.scenario.reading import read_scenario

    scenario = read_scenario(find_scenario(file))
    if settings:
        from detente.scenario.settings import apply_settings

        scenario = apply_settings(scenario, settings)
    return scenario


def _ask(
    scenario: Scenario,
    plans: tuple[str, ...] | None = None,
    reading: ReadingName | None = None,
    settings: tuple[str, ...] = (),
    time_limit: float = SETS_SECONDS,
    *,
    picture: bool = False,
) -> tuple[Check, Knower]:
    with working(f"checking {scenario.title}"):
        from detente.ask.check import check_knowing

        readings = None if reading is None else (_reading(reading),)
        return check_knowing(
            scenario, plans, readings, settings, picture=picture, time_limit=time_limit
        )


def _reading(name: ReadingName) -> Reading:
    from detente.ask.verdict import Reading

    return Reading(str(name))


def _prepare_proof(path: Path) -> None:
    from detente.cli.scenario_proofs import prepare_proof

    prepare_proof(path)


def _write_proof(file: str, answer: Check, knower: Knower, path: Path) -> str:
    from detente.cli.scenario_proofs import write_scenario_proof

    return write_scenario_proof(file, answer, knower, path)


def _dump(values: object) -> str:
    import json

    return json.dumps(values, indent=2, allow_nan=False) + "\n"
