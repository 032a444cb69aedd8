"""Who is said to have spoken: named where the text names somebody, else nobody."""

from __future__ import annotations

import pytest

from detente.sources.quotes import find_sayings
from detente.sources.text import read_document


def sayings(text: str) -> list[tuple[str, str]]:
    found = find_sayings(read_document(text, "a"))
    return [(each.text, each.speaker.name if each.speaker else "") for each in found]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“It is over now,” Jo Ek said.", "Jo Ek"),
        ("“It is over now,” said Jo Ek.", "Jo Ek"),
        ("“It is over now,” said Jo Ek, who chairs the council.", "Jo Ek"),
        ("Jo Ek said: “It is over now.”", "Jo Ek"),
        ("Jo Ek, the Torrian envoy, told reporters that “it is over now”.", "Jo Ek"),
        ("The envoy, Jo Ek, said on Monday it was “over and done with”.", "Jo Ek"),
        ("According to Jo Ek, “it is over now.”", "Jo Ek"),
        ("The deal, Jo Ek said, was “a step in the right direction”.", "Jo Ek"),
        ("U.S. Secretary of State Jo Ek said it was “over and done with”.", "Jo Ek"),
        ("Torr's Prime Minister Jo Ek on Tuesday said it was “over and done with”.", "Jo Ek"),
        ("The summit offers “a chance for all of us”, Jo Ek said.", "Jo Ek"),
        ("At a lunch in Marn, Jo Ek praised it, calling it “a chance for all of us”.", "Jo Ek"),
        ("Jo Ek met Bo Ru and said that it was “over and done with”.", "Jo Ek"),
        ("“Why should we wait?” asked Jo Ek.", "Jo Ek"),
        ('"It is over now," Jo Ek said.', "Jo Ek"),
        ("‘It is over now,’ Jo Ek said.", "Jo Ek"),
        ("A spokesman for the ministry said: “It is over now.”", "A spokesman for the ministry"),
        ("Torr President Jo Ek said it was “over and done with”.", "Jo Ek"),
        ("“It is over now,” said White House press secretary Jo Ek.", "Jo Ek"),
        ("Jo Ek called the truce fragile and said it would “need a lot of care”.", "Jo Ek"),
        ("The Torrian government said it was “over and done with”.", "Torrian government"),
    ],
)
def test_the_subject_of_the_nearest_verb_of_saying(text: str, speaker: str) -> None:
    assert [each for _, each in sayings(text)] == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        "Both were left “to wait in an ornate salon”.",
        "Jo Ek left early. The deal is “a bill without a date”.",
        "They said it was “over and done with”.",
        "He said it was “over and done with”.",
        "Jo Ek was told that it was “over and done with”.",
        "The Ek government came close by insisting on “complete and early disarmament”.",
        "“It is over now.” Jo Ek said nothing.",
    ],
)
def test_nobody_is_guessed(text: str) -> None:
    assert [each for _, each in sayings(text)] == [""]


def test_a_pronoun_is_the_last_who_spoke() -> None:
    text = (
        "Jo Ek said the talks went on.\n\n“We will stay,” he told reporters. He added: “Stay long.”"
    )
    assert sayings(text) == [("We will stay", "Jo Ek"), ("Stay long.", "Jo Ek")]


def test_but_not_where_somebody_else_came_between() -> None:
    text = "Jo Ek said the talks went on. Mr Ru and Ms Om left.\n\nHe added: “Stay as you are.”"
    assert sayings(text) == [("Stay as you are.", "")]


def test_a_pronoun_is_the_one_whom_the_sentence_before_is_about() -> None:
    text = "Council chairman Bo Ru of Torr had little patience. “Nobody has won anything,” he said."
    assert sayings(text) == [("Nobody has won anything", "Bo Ru")]


def test_also_in_the_paragraph_before() -> None:
    text = "\n\n".join(
        (
            "Jo Ek said the talks went on.",
            "Foreign Minister Bo Ru, who led them, showed no relief.",
            "“We hoped to do a bit better,” he said.",
            "But he said he saw “a really good end”.",
        )
    )
    assert [each for _, each in sayings(text)] == ["Bo Ru", "Bo Ru"]


def test_words_of_others_between_two_quotations_do_not_join_them() -> None:
    text = "“We will end as friends,” Jo Ek said, adding that Marn had “some fine old shores”."
    assert [words for words, _ in sayings(text)] == [
        "We will end as friends",
        "some fine old shores",
    ]


def test_a_quotation_goes_on_without_a_new_verb() -> None:
    text = "“It is over,” Jo Ek told reporters. “Nobody will go back to it.”"
    assert sayings(text) == [("It is over", "Jo Ek"), ("Nobody will go back to it.", "Jo Ek")]


def test_halves_of_a_sentence_are_joined() -> None:
    text = "“We never left the table,” Jo Ek said, “and we never will.”"
    assert sayings(text) == [("We never left the table, and we never will.", "Jo Ek")]


def test_several_paragraphs_of_one_quotation() -> None:
    text = '"This is all there is.\n\n"And I say it again," Jo Ek said.'
    assert sayings(text) == [
        ("This is all there is.", "Jo Ek"),
        ("And I say it again", "Jo Ek"),
    ]


@pytest.mark.parametrize(
    ("text", "mark", "words"),
    [
        ("It will not be so easy,” Jo Ek said.", "opening", "It will not be so easy"),
        (
            "Jo Ek said: “It will not be easy. That is all we heard.",
            "closing",
            "It will not be easy.",
        ),
        ("Jo Ek said: “It will not be easy.”", "", "It will not be easy."),
    ],
)
def test_a_missing_mark_is_told(text: str, mark: str, words: str) -> None:
    (found,) = find_sayings(read_document(text, "a"))
    assert (found.mark, found.text) == (mark, words)


def test_apostrophes_are_no_quotation_marks() -> None:
    assert sayings("The inspectors' work and the guards' pay weren't settled in the '90s.") == []
    assert sayings("It’s Torr’s boats’ turn, isn’t it.") == []


def test_full_names_are_used_where_the_document_has_them() -> None:
    text = "The envoy Jo Ek came.\n\n“It is over now,” Ms Ek said.\n\n“Not yet over,” said Ru."
    assert [each for _, each in sayings(text)] == ["Jo Ek", "Ru"]
