"""Two documents side by side: what must be found, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.sources.comparing import compare_documents
from detente.sources.dates import Date
from detente.sources.findings import Pair
from detente.sources.prepared import prepare
from detente.sources.text import Kind, read_document

DOCUMENTS = Path(__file__).parent / "documents"


def lay(first: str, second: str, written: Date | None = None) -> Pair:
    a, b = read_document(first, "a", written), read_document(second, "b", written)
    return compare_documents(prepare(a), prepare(b))


def ostra(first: str, second: str) -> Pair:
    ready = [
        prepare(read_document((DOCUMENTS / f"ostra-{name}.txt").read_text("utf-8"), name))
        for name in (first, second)
    ]
    return compare_documents(*ready)


def disagreements(pair: Pair) -> list[tuple[str, str, str]]:
    return [(str(d.matter), d.first_says, d.second_says) for d in pair.disagreements]


# the names make two documents one event; nothing else in these lines is shared
NAMES = "All of Marn, all of Torr, all of Veldan and the lake of Ostra had been waiting.\n"


def test_shared_quotations_in_other_order_spelling_marks_and_halves() -> None:
    pair = ostra("courier", "wire")
    found = [
        (s.first.cut.paragraphs, s.first.speaker, s.second.cut.paragraphs, s.second.speaker)
        for s in pair.shared
    ]
    assert found == [
        ((8,), "Ilse Harrow", (10,), "Ilse Harrow"),
        ((8,), "Ilse Harrow", (10,), "Ilse Harrow"),
        ((9,), "Davit Okoro", (9,), "Davit Okoro"),
        ((14,), "Marta Lind", (16,), ""),
    ]
    assert all(s.alike == 1 and not s.changes for s in pair.shared)


def test_the_disagreements_and_no_others() -> None:
    assert disagreements(ostra("courier", "wire")) == [
        ("number", "450 observers", "540 observers"),
        ("date", "2004 and 2011", "2004 and 2012"),
    ]
    assert disagreements(ostra("courier", "letter")) == []
    assert disagreements(ostra("wire", "letter")) == []


def test_the_lists_differ_in_one_point_each() -> None:
    (lists,) = ostra("courier", "wire").lists
    assert (lists.first.paragraphs, lists.second.paragraphs) == ((11,), (12,))
    assert [each.first for each in lists.both] == [
        "the ferry timetable",
        "the return of seized fishing boats",
    ]
    assert lists.only_first == ("the search for the missing of Pellin",)
    assert lists.only_second == ("customs duties",)
    assert ostra("courier", "letter").lists == ()


def test_what_one_alone_reports() -> None:
    pair = ostra("courier", "wire")
    first = {each.cut.paragraphs[0]: each for each in pair.only_first}
    assert list(first) == [9, 12, 15]
    assert first[9].quotes[0].speaker == "Davit Okoro"
    assert first[12].figures == ("1,200 tonnes", "three deliveries")
    assert first[15].quotes[0].speaker == ""
    (second,) = pair.only_second
    assert (second.names, second.figures) == (("Cape Senn",), ("$3.5 million",))


def test_residue_is_in_no_finding() -> None:
    residue = {
        (name, each.number)
        for name in ("courier", "wire", "letter")
        for each in read_document(
            (DOCUMENTS / f"ostra-{name}.txt").read_text("utf-8"), name
        ).paragraphs
        if each.kind is Kind.RESIDUE
    }
    assert len(residue) == 17
    for names in (("courier", "wire"), ("courier", "letter"), ("wire", "letter")):
        pair = ostra(*names)
        cuts = [each.cut for each in (*pair.only_first, *pair.only_second)]
        cuts += [side.cut for each in pair.shared for side in (each.first, each.second)]
        assert not residue & {(cut.document, n) for cut in cuts for n in cut.paragraphs}


def test_other_events_are_not_compared() -> None:
    pair = lay(
        "The ferry of Marn sailed on 12 May 2018 with 450 people of Torr and Veldan aboard.",
        "The council of Brisk voted on 13 May 2018 with 540 people of Holm and Ulm watching.",
    )
    assert not pair.related
    assert (pair.shared, pair.disagreements, pair.only_first) == ((), (), ())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            "The accord was signed by both councils in Marn on 12 May.",
            "Both councils signed the accord in Marn on 13 May.",
            [("date", "12 May", "13 May")],
        ),
        (
            "The siege of Torr ended in 1994 after the accord of Marn.",
            "The siege of Torr, by the accord of Marn, ended in 1996.",
            [("date", "1994", "1996")],
        ),
        (
            "The convoy carried 300 tonnes of grain to the villages of Torr.",
            "A convoy carried five hundred tonnes of grain to villages of Torr.",
            [("number", "300 tonnes", "five hundred tonnes")],
        ),
        (
            "Jo Ek said: “We will send 40 boats across before the ice comes.”",
            "Jo Ek said: “We will send fourteen boats across before the ice comes.”",
            [("number", "40 boats", "fourteen boats")],
        ),
        (
            "“We will never again close this lake to anybody,” Jo Ek said.",
            "“We will never again close this lake to anybody,” Bo Ru said.",
            [("speaker", "Jo Ek", "Bo Ru")],
        ),
    ],
)
def test_disagreements_are_found(first: str, second: str, expected: list[object]) -> None:
    pair = lay(NAMES + first, NAMES.upper().title() + second)
    assert pair.related
    assert disagreements(pair) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # the same, said otherwise
        (
            "The accord was signed in Marn on 12 May.",
            "The accord was signed in Marn on May 12, 2018.",
        ),
        ("The accord was signed in Marn on 12 May.", "The accord was signed in Marn on Saturday."),
        ("The accord was signed in Marn on 12 May.", "The accord was signed in Marn in May."),
        (
            "The convoy carried 2,000 tonnes of grain.",
            "The convoy carried two thousand tonnes of grain.",
        ),
        (
            "The convoy carried about 500 tonnes of grain.",
            "The convoy carried 480 tonnes of grain.",
        ),
        ("The convoy carried over 500 tonnes of grain.", "The convoy carried 730 tonnes of grain."),
        (
            "The convoy carried 300 to 600 tonnes of grain.",
            "The convoy carried 480 tonnes of grain.",
        ),
        # other things
        ("The convoy carried 500 tonnes of grain.", "The convoy carried 40 tonnes of flour."),
        (
            "The convoy took 18 months to reach Torr.",
            "The convoy took a year and a half to reach Torr.",
        ),
        ("The accord was signed in Marn on 12 May.", "The accord was broken in Torr on 19 June."),
        ("In 1994 and 2003 the harvest of Torr failed.", "In 1994 and 2005 a truce was broken."),
        ("The accord of 1994 was kept for years.", "The accord of 2005 was never kept by Torr."),
        # two sides, named in another order
        (
            "Torr scrapped 846 boats of the old fleet and Veldan 1,846.",
            "Veldan scrapped 1,846 boats of the old fleet and Torr 846.",
        ),
        (
            "Torr scrapped 846 boats of the old fleet and Veldan 1,846.",
            "Veldan scrapped 1,752 boats of the old fleet and Torr 859.",
        ),
        (
            "The north shore of Torr keeps 40 boats for the winter.",
            "The south shore of Torr keeps 60 boats for the winter.",
        ),
        # both values stand in both
        (
            "The first convoy carried 300 tonnes of grain to Torr. The second convoy carried 500"
            " tonnes of grain to Torr.",
            "The second convoy carried 500 tonnes of grain to Torr.",
        ),
        # the same words by one who is named by a role
        (
            "“We will never again close this lake to anybody,” Jo Ek said.",
            "“We will never again close this lake to anybody,” the envoy said.",
        ),
        (
            "“We will never again close this lake to anybody,” Jo Ek said.",
            "“We will never again close this lake to anybody,” Ek said.",
        ),
    ],
)
def test_nothing_is_invented(first: str, second: str) -> None:
    pair = lay(NAMES + first, NAMES + second, Date(2018, 5, 14))
    assert pair.related
    assert disagreements(pair) == []


def test_a_document_agrees_with_itself() -> None:
    text = (DOCUMENTS / "ostra-courier.txt").read_text("utf-8")
    pair = lay(text, text)
    assert pair.disagreements == ()
    assert pair.lists == ()
    assert (pair.only_first, pair.only_second) == ((), ())
    assert all(each.alike == 1 for each in pair.shared)


def test_turned_round_the_findings_are_the_same() -> None:
    one, other = ostra("courier", "wire"), ostra("wire", "courier")
    turned = {(d.matter, d.second_says, d.first_says) for d in other.disagreements}
    assert turned == {(d.matter, d.first_says, d.second_says) for d in one.disagreements}
    places = {(s.second.cut, s.first.cut) for s in other.shared}
    assert places == {(s.first.cut, s.second.cut) for s in one.shared}
    assert set(one.only_first) == set(other.only_second)


def test_a_quotation_that_the_other_has_without_marks() -> None:
    pair = lay(
        NAMES + "Jo Ek said the town was “tired of counting its empty boats every spring”.",
        NAMES + "Marn is tired of counting its empty boats every spring, Ek said.",
    )
    (shared,) = [each for each in pair.shared if each.first.quoted]
    assert (shared.first.speaker, shared.second.quoted) == ("Jo Ek", False)
    assert pair.only_first == ()


def test_words_that_differ_are_shown_as_each_writes_them() -> None:
    pair = lay(
        NAMES + "Jo Ek said: “If the talks fail in Marn, sanctions will surely rise again.”",
        NAMES + "If the talks fail in Marn, those measures will surely rise again,” Ek said.",
    )
    (shared,) = [each for each in pair.shared if each.first.quoted]
    assert shared.second.mark == "opening"
    assert {(c.first, c.second) for c in shared.changes} <= {
        ("", "those"),
        ("sanctions", "measures"),
        ("sanctions", "those measures"),
    }


def test_a_quotation_that_the_other_reports_in_other_words_is_nobodys_alone() -> None:
    pair = lay(
        NAMES + "“Three papers have been signed between the councils,” Jo Ek said.",
        NAMES + "Ek told everybody that three papers had been signed by both councils.",
    )
    assert pair.only_first == ()
