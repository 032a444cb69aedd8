"""Sources beside what they support, as links into the report's list of sources."""

from __future__ import annotations

from collections.abc import Sequence

from detente.scenario.model import Citation, Scenario
from detente.show.markup import Html, escape, join, tag


def cite(scenario: Scenario, citations: Sequence[Citation]) -> Html | None:
    """Give the sources of something as links into the list of sources."""
    if not citations:
        return None
    numbers = {source: n for n, source in enumerate(scenario.sources, start=1)}
    given = []
    for each in citations:
        words = each.source + (f", {each.locator}" if each.locator else "")
        if each.source in numbers:
            given.append(tag("a", words, href=f"#source-{numbers[each.source]}"))
        else:
            given.append(escape(f"{words} (not in the list of sources)"))
    return tag("span", " [", join(given, "; "), "]", class_="cite")


def is_judged(scenario: Scenario, citations: Sequence[Citation]) -> bool:
    """Whether one of the sources is somebody's judgement."""
    named = [scenario.sources.get(each.source) for each in citations]
    return any(source is not None and source.judgement for source in named)


def judged_mark(scenario: Scenario, citations: Sequence[Citation]) -> Html | None:
    """Mark what rests on somebody's judgement."""
    return tag("span", " judged", class_="judged") if is_judged(scenario, citations) else None
