"""Texts taken apart: paragraphs, residue, words, numbers, dates."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import detente.sources
from detente.sources.dates import Date, find_dates, parse_date, stated_date
from detente.sources.mentions import find_mentions
from detente.sources.numerals import find_numerals
from detente.sources.prepared import prepare
from detente.sources.residue import is_residue
from detente.sources.text import MAX_PIECE, Kind, date_stated, read_document, split_sentences
from detente.sources.words import tokenise

MODULES = sorted(each.name for each in pkgutil.iter_modules(detente.sources.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"detente.sources.{name}"))
    assert result.failed == 0


@pytest.mark.parametrize(
    "line",
    [
        "Source link",
        "Please enter your comment!",
        "Please enter your name here",
        "Share on Facebook",
        "Share this:",
        "Facebook Twitter WhatsApp",
        "Leave a Reply",
        "Comments (12)",
        "3 comments",
        "ADVERTISEMENT",
        "Related articles",
        "Most read",
        "Read more: The lake in pictures",
        "Skip to main content",
        "Home | World | Politics | Sport",
        "Home > World > Asia",
        "Your email address will not be published. Required fields are marked *",
        "This website uses cookies to give you the best experience on our site.",
        "© 2019 The Courier. All rights reserved.",
        "Subscribe to our newsletter",
        "Filed under: lakes, ferries",
        "Next article",
        "Please leave a comment",
        "page 1 of 12 go to page",
        "Be the first to comment",
        "You are here: Home",
    ],
)
def test_boxes_and_menus_are_residue(line: str) -> None:
    assert is_residue(line)


@pytest.mark.parametrize(
    "line",
    [
        "He asked them to share on equal terms what both had found in the valley.",
        "Home Secretary Jo Ek refused to comment.",
        "Read more closely, the text binds nobody, said Ek.",
        "Subscribe to peace, the mayor told the crowd, and it will come.",
        "Privacy fears grow over the deal",
        "Terms of surrender",
        "Search for survivors goes on",
        "Comment was not available from either ministry on Sunday evening.",
        "Follow the money, the inspectors were told on their first day.",
        "No.",
        "Home is where the ferry lands, she said.",
        "Menus of sanctions were drawn up.",
    ],
)
def test_sentences_and_titles_are_not(line: str) -> None:
    assert not is_residue(line)


def test_a_trail_that_repeats_the_title_is_residue() -> None:
    title = "Northland to offer the Coalition an unheard-of deal to end the long siege"
    trail = "Home News World Northland to offer the Coalition an unheard-of deal..."
    text = f"{trail}\n\n{title}\n\nIt did."
    kinds = [each.kind for each in read_document(text, "a").paragraphs]
    assert kinds == [Kind.RESIDUE, Kind.HEADING, Kind.TEXT]


def test_paragraphs_are_lines_that_are_not_empty_residue_too() -> None:
    document = read_document("\r\nMenu\r\n\r\n Published 3 May 2019 \n\fIt began.\n", "a")
    assert [(p.number, p.text, p.page) for p in document.paragraphs] == [
        (1, "Menu", 1),
        (2, "Published 3 May 2019", 1),
        (3, "It began.", 2),
    ]
    assert document.pages == 2
    assert date_stated(document) == (Date(2019, 5, 3), 2)
    assert document.written == Date(2019, 5, 3)
    assert read_document("It began.", "a", Date(2018)).written == Date(2018)


def test_sentences_end_where_they_end() -> None:
    text = (
        "Mr. Ek came at 3.5 km. “Why?” he asked. U.S. officials (and Gen. Oru) left... Then rain."
    )
    assert [text[a:b] for a, b in split_sentences(text)] == [
        "Mr. Ek came at 3.5 km.",
        "“Why?” he asked.",
        "U.S. officials (and Gen. Oru) left...",
        "Then rain.",
    ]


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("the organisation realised its programme", "the organization realized its program"),
        ("a labour centre’s defence", "a labor center's defense"),
        ("We’re not travelling", "we are not traveling"),
        ("forty-five grey metres", "45 gray meters"),
        ("the UK and the U.S.", "the U.K. and the US"),
        ("it can’t, won’t and doesn't", "it can not, will not and does not"),
    ],
)
def test_spellings_become_equal(british: str, american: str) -> None:
    assert [t.text for t in tokenise(british)] == [t.text for t in tokenise(american)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 tonnes, 3.5 million, 5bn and $2m", [1200, 3.5e6, 5e9, 2e6]),
        ("two hundred and ten of a thousand", [210, 1000]),
        ("a dozen, two dozen, half a dozen", [12, 24, 6]),
        ("one of them, no. B52, Covid-19, F-35, 11/06/2018, 10:30", []),
        ("twenty five and six", [25, 6]),
        ("one hundred and one", [101]),
        ("12345678901234567890123456789012345", []),
    ],
)
def test_numbers_in_words_and_digits(text: str, values: list[float]) -> None:
    found = [each.value for each in find_numerals(text)]
    assert found == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on 12 May 2018 or May 13, 2018", ["12 May 2018", "13 May 2018"]),
        ("the 3rd of May, Sept. 9th", ["3 May", "9 September"]),
        ("in June 2018, since March, by 2018-06-11", ["June 2018", "March", "11 June 2018"]),
        ("in 1994 and 2005", ["1994", "2005"]),
        ("the 2015 agreement, 1994 guarantees", ["2015", "1994"]),
        # none of these is sure to be a date
        ("2000 troops, 1995 missiles, 1,994 men, 11/06/2018, the 1990s, 1994-95", []),
        ("10-12 June and 3 to 5 May", []),
        ("he may 5 times march 3 miles; a march in may", []),
        ("31 June 2018", []),
        ("resolution 2231/2015, $2005, no. 19945", []),
    ],
)
def test_only_explicit_dates_are_read(text: str, dates: list[str]) -> None:
    assert [str(each.dates[0]) for each in find_dates(text)] == dates


def test_days_of_the_week_are_either_of_two() -> None:
    written = parse_date("2018-06-11")  # a Monday
    assert written is not None
    (monday,) = find_dates("They spoke on Monday.", written)
    assert [str(each) for each in monday.dates] == ["4 June 2018", "11 June 2018"]
    (tuesday,) = find_dates("They will meet on Tuesday.", written)
    assert [str(each) for each in tuesday.dates] == ["5 June 2018", "12 June 2018"]
    assert find_dates("They spoke on Monday.") == []
    assert find_dates("They spoke yesterday.", Date(2018, 6)) == []


def test_dates_agree_as_far_as_they_go() -> None:
    assert Date(2018, 6).agrees_with(Date(2018, 6, 11))
    assert not Date(2018, 6).agrees_with(Date(2018, 7, 11))
    assert Date(None, 6, 11).agrees_with(Date(2018, 6, 11))
    assert not Date(None, 6, 11).is_comparable(Date(2018))
    assert Date(2018).bounds() == (Date(2018, 1, 1).bounds()[0], Date(2018, 12, 31).bounds()[1])
    assert parse_date("2018-02-30") is None
    assert parse_date("spring") is None


def test_what_a_document_says_of_itself() -> None:
    assert stated_date("First published on 3 May 2019 at 10:30") == Date(2019, 5, 3)
    assert stated_date("May 3, 2019") == Date(2019, 5, 3)
    assert stated_date("Updated 4 May 2019") is None


def counts(text: str) -> list[tuple[str, float, float]]:
    (sentence,) = prepare(read_document(text, "a")).sentences
    return [(each.said, each.low, each.high) for each in find_mentions(sentence, None).counts]


def test_counts_have_units_and_room() -> None:
    assert counts("They sent 450 observers.") == [("450 observers", 450, 450)]
    assert counts("More than 450 observers came.") == [("450 observers", 450, float("inf"))]
    assert counts("Some 400 observers came.") == [("400 observers", 340, pytest.approx(460))]
    assert counts("It takes 10 to 15 years.") == [("10 to 15 years", 10, 15)]
    assert counts("It cost $3.5 million.") == [("$3.5 million", 3.5e6, 3.5e6)]
    assert counts("Some said 40 percent of it.") == [("40 percent", 40, 40)]
    # labels, times, ages and bare numbers count nothing
    assert counts("Under Resolution 2231 the Group of Seven met at 10 am, said Ek, 34.") == []


def test_a_very_long_paragraph_keeps_its_number() -> None:
    text = "First line.\n" + "The ferry of Marn sailed again. " * 1000
    document = read_document(text, "a")
    assert {each.number for each in document.body} == {1, 2}
    assert max(len(each.text) for each in document.body) <= MAX_PIECE
    assert " ".join(each.text.strip() for each in document.body[1:]) == text.split("\n")[1].strip()


@pytest.mark.parametrize(
    "unit", ["\u201c", "Mr ", "a ", "'abc ", "The Xx of the Yy ", "| ", "one and "]
)
def test_endless_lines_are_taken_apart(unit: str) -> None:
    prepared = prepare(read_document(unit * (20_000 // len(unit)), "a"))
    assert all(not each.saying.speaker for each in prepared.passages)
