"""The page of the format: its example is the file, its limits are the checker's."""

import re

import pytest

from detente_verify import exact, proof, reading
from detente_verify.cli import EXIT
from proofs.tools import HERE, change, check, load, seal

PAGE = (HERE.parents[1] / "docs" / "proof-format.md").read_text()


@pytest.mark.parametrize("ending", ["game.json", "proof.json", "txt"])
def test_the_example_is_the_file(ending: str) -> None:
    kind = "text" if ending == "txt" else "json"
    content = (HERE / "accept" / f"prisoners.{ending}").read_text()
    assert f"```{kind}\n{content}```" in PAGE


def test_what_is_said_of_the_changed_claim(tmp_path) -> None:
    game, example = load("prisoners")
    change(example, ["claims", 2, "most"], "-11/10")
    report = check(tmp_path, game, seal(example))
    assert EXIT[report.verdict] == 1
    assert f"`does not hold: {report.failing}`" in PAGE


def test_the_limits_are_the_ones_in_force() -> None:
    limits = PAGE[PAGE.index("## The checker's limits") :]
    for text in (
        f"{reading.MAX_MEGABYTES} MB", f"{reading.MAX_VALUES:,} values",
        f"{reading.MAX_DEPTH} levels", f"{reading.MAX_DIGITS:,} characters",
        f"{exact.MAX_BITS:,} bits", f"{proof.TIME_LIMIT:g} seconds",
    ):  # fmt: skip
        assert text in limits
    for verdict, code in EXIT.items():
        assert re.search(rf"{code}\s+{verdict}", limits)


def test_every_rule_that_the_checker_names_is_on_the_page() -> None:
    sources = "".join(f.read_text() for f in (HERE.parents[1] / "src/detente_verify").glob("*.py"))
    named = set(re.findall(r'"(P\d+)"', sources)) | set(re.findall(r"\((G\d+)\)", sources))
    assert len(named) > 25
    for rule in named:
        assert re.search(rf"\*\*{rule}\b", PAGE), rule
