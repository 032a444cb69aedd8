"""Whatever is done to a file, it is read or refused with places and remedies; never a crash."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import CODES, DetenteError, Problem
from detente.scenario.reading import read_scenario_text

GOOD = Path(__file__).parents[2] / "cases" / "good"
TEXTS = [(GOOD / f"{name}.yaml").read_text(encoding="utf-8") for name in ("everything", "minimal")]
PIECES = [
    "{", "}", "[", "]", ":", ": ", ",", "- ", "\n", "\n  ", "\t", "#", "&a ", "*a", "!x ", "<<",
    "'", '"', "|", ">", "@", "%", "never", "today", "nan", "-1", "1e9", "120%", "( to )", " to ",
    "null", "yes", "is", "hostile(", "min(", "/ 0", "* arsenal", "north", "x", "é", "\u2028",
]  # fmt: skip


def read_or_refuse(text: str) -> None:
    problems: tuple[Problem, ...] | None = None
    try:
        read_scenario_text(text, "f.yaml")
    except DetenteError as error:
        problems = error.problems
    if problems is None:
        return
    assert problems
    lines = text.splitlines()
    for problem in problems:
        assert problem.code in CODES
        assert problem.place is not None
        assert 1 <= problem.place.line <= len(lines) + 1
        assert problem.remedy


@pytest.mark.parametrize("seed", range(40))
def test_pieces_put_in_at_random(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(3):
        text = TEXTS[seed % 2]
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(PIECES) + text[at + rng.randint(0, 3) :]
        read_or_refuse(text)


@pytest.mark.parametrize("seed", range(40))
def test_lines_and_words_lost_or_exchanged(seed: int) -> None:
    rng = random.Random(1000 + seed)
    for _ in range(3):
        lines = TEXTS[seed % 2].splitlines(keepends=True)
        kind = rng.randrange(3)
        if kind == 0:
            at = rng.randrange(len(lines))
            del lines[at : at + rng.randint(1, 4)]
        elif kind == 1:
            i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
        else:
            words = "".join(lines).split(" ")
            i, j = rng.randrange(len(words)), rng.randrange(len(words))
            words[i], words[j] = words[j], words[i]
            lines = [" ".join(words)]
        read_or_refuse("".join(lines))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_short_text(text: str) -> None:
    read_or_refuse(text)


SECTION = st.sampled_from([
    "title", "clock", "parties", "ladders", "payoffs", "plans", "steps", "inspection",
    "governments", "parameters", "if_broken", "no_deal", "must_hold", "sources",
])  # fmt: skip
VALUE = st.recursive(
    st.sampled_from(["", "x", "3", "north", "1 year", "90% per year", "today", "[]", "{}"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(
            st.sampled_from(["north", "arms", "levels", "held_by", "then", "x", "scale", "id"]),
            inner,
            max_size=3,
        ).map(lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(SECTION, VALUE, max_size=6))
def test_any_shapes_of_sections(sections: dict[str, str]) -> None:
    whole = "".join(f"{key}: {value}\n" for key, value in sections.items())
    read_or_refuse(whole)


@settings(max_examples=40, deadline=None)
@given(SECTION, VALUE)
def test_any_shape_of_one_section_of_a_good_file(section: str, value: str) -> None:
    kept: list[str] = []
    inside = False
    for line in TEXTS[0].splitlines():
        if line and not line[0].isspace():
            inside = line.startswith(f"{section}:")
        if not inside:
            kept.append(line)
    read_or_refuse("\n".join([*kept, f"{section}: {value}", ""]))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 900_000, "E109"),
        ("- " * 400_000, "E109"),
        ("{a: " * 200_000, "E109"),
        ("".join(f"k{n}: 1\n" for n in range(60_000)), "E110"),
        ("a: " + "!" * 900_000, "E111"),
        ("x" * 1_000_001, "E102"),
        ('title: "\\e[31m"', "E103"),
        ("title: a\ud800b", "E103"),
    ],
    ids=["brackets", "dashes", "mappings", "keys", "tag", "large", "escape", "surrogate"],
)
def test_files_made_to_do_harm_are_refused(text: str, code: str) -> None:
    with pytest.raises(DetenteError) as caught:
        read_scenario_text(text)
    assert caught.value.problems[0].code == code


def test_messages_stay_short() -> None:
    text = TEXTS[1].replace("steps:", "x" * 900 + ": " + "y" * 50_000 + "\nsteps:")
    text = text.replace("half: -40", "half: " + "z" * 50_000)
    with pytest.raises(DetenteError) as caught:
        read_scenario_text(text)
    assert len(str(caught.value)) < 3_000
