"""What a saved web page carries beside its text: menus, share and comment boxes, notices."""

from __future__ import annotations

import re

MAX_WORDS = 14  # longer lines are text
MAX_LENGTH = 600  # characters
_BOXES = re.compile(
    r"""^[\s\W]*(?:
      source\s+link | (?:please\s+)?enter\s+your\s+(?:comment|name|e-?mail)\b.*
    | (?:please\s+)?leave\s+a\s+(?:reply|comment)\b.*
    | (?:post|add|write|view|show|hide|read|load)
      \s+(?:a\s+|all\s+|your\s+|more\s+|the\s+)?comments?\b.* | (?:no\s+|\d+\s+)comments?(?:\s+yet)?
    | comments?(?:\s+\(?\d+\)?)?(?:\s+are\s+closed)? | reply | log\s?in.* | sign\s+(?:in|up|out)\b.*
    | subscribe\b.* | newsletters?\b.* | register(?:\s+now|\s+free)?
    | share(?:\s+(?:this|on|via|with|it)\b.*)? | tweet(?:\s+this)? | pin\s+it | like\s+this:?.*
    | e-?mail(?:\s+(?:this|to|a\s+friend)\b.*)? | print(?:\s+(?:this|article|page)\b.*)?
    | (?:(?:facebook|twitter|x|whatsapp|linkedin|reddit|pinterest|telegram|instagram|youtube|tumblr
      |google\+?|messenger|flipboard|pocket|e-?mail|print|copy\s+link|share|tweet|rss)[\s|,/\u00b7\u2022]*)+
    | follow\s+(?:us|me|@).* | like\s+us\b.* | join\s+(?:us|our)\b.*
    | advertisements?(?:\s+.{0,30})? | sponsored(?:\s+(?:by|content)\b.*)? | promoted(?:\s+by\b.*)?
    | story\s+continues\s+below.*
    | (?:related|recommended|most\s+(?:read|popular|viewed)|trending|popular|latest|more|top)\s+
      (?:articles?|stories|posts?|news|topics?|coverage|from\b.*|on\s+this\b.*|reading)\s*:?
    | most\s+(?:read|popular|viewed|shared)
    | (?:read|see|watch)\s+(?:more|also|next)\b.* | (?:also\s+)?read\s*:.*
    | you\s+may\s+also\s+like.*
    | (?:previous|next)\s+(?:article|post|story|page)\b.* | back\s+to\s+(?:top|home)\b.*
    | skip\s+to\s+(?:main\s+)?(?:content|navigation)\b.* | (?:main\s+)?menu | search(?:\s+for:?)?
    | (?:tags?|filed\s+under|posted\s+in|categor(?:y|ies)|topics)\s*:.*
    | (?:we\s+use|this\s+(?:web)?site\s+uses|accept(?:\s+all)?)\s+cookies\b.* | cookie\s+\w+
    | privacy(?:\s+(?:policy|notice|settings).*)?
    | terms\s+(?:of|and)\s+(?:use|service|conditions)\b.* | contact(?:\s+us)? | about(?:\s+us)?
    | (?:copyright|\u00a9|\(c\)).* | .*\ball\s+rights\s+reserved\W*
    | click\s+here\b.* | download\s+(?:our|the)\s+app\b.* | save\s+my\s+name\b.*
    | (?:photo|image|picture|video)(?:\s+(?:by|credit|courtesy|caption))?\s*:.*
    | \d+\s+(?:shares?|likes?|views?|min(?:ute)?s?\s+read)
    | page\s+\d+\s+of\s+\d+.* | you\s+are\s+(?:here|commenting)\b.* | adjust\s+font.*
    | be\s+the\s+first\s+to\s+comment.* | you\s+may\s+like | fill\s+in\s+your\s+details.*
    | connecting\s+to\s+%s
    | required\s+fields\b.* | your\s+e-?mail\s+address\s+will\s+not\b.* | this\s+field\b.*
    )[\s\W]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_LONG_BOXES = re.compile(
    r"^(?:your e-?mail address will not be published|save my name, e-?mail|we use cookies"
    r"|this (?:web)?site uses cookies|by (?:continuing|clicking|signing up|subscribing)\b"
    r"|sign up (?:to|for) (?:our|the)|subscribe (?:to (?:our|the|this)|now)"
    r"|(?:copyright|\u00a9)\s)",
    re.IGNORECASE,
)
_CRUMBS = re.compile(r"^\W*home\b(?!\s+(?:secretary|office|minister|affairs))", re.IGNORECASE)
_SENTENCE_END = (".", "!", "?", "\u201d", '"', "\u2019", ":", ";", ",")


def is_residue(line: str, others: tuple[str, ...] = ()) -> bool:
    """Whether a line belongs to the web page rather than to its text.

    Parameters
    ----------
    line : the paragraph
    others : the paragraphs after it; a trail of links repeats the beginning of the title

    Examples
    --------
    >>> is_residue("Please enter your comment!"), is_residue("Share on Facebook")
    (True, True)
    >>> is_residue("He asked them to share on equal terms what both had found.")
    False
    """
    if len(line) > MAX_LENGTH:
        return False
    text = " ".join(line.split())
    words = text.split()
    if _LONG_BOXES.match(text):
        return True
    # a sentence of a report may begin like a box: "Read more than once, the text ..."
    said = len(words) > 6 and text.endswith((".", "\u201d", '"')) and "rights reserved" not in text
    if len(words) <= MAX_WORDS and not said and _BOXES.match(text):
        return True
    return _is_trail(text, others) or _is_menu(text, words)


def _is_trail(text: str, others: tuple[str, ...]) -> bool:
    """Whether a line is a trail such as "Home News Title of the article..."."""
    if not _CRUMBS.match(text) or text.endswith((".", "!", "?")) != text.endswith(
        ("...", "\u2026")
    ):
        return False
    if any(mark in text for mark in (" > ", " \u00bb ", " / ", " | ", " \u203a ")):
        return True
    cut = text.rstrip(".\u2026 ").split()
    tail = " ".join(cut[-5:]).lower()
    return any(len(cut) > 5 and tail in " ".join(each.split()).lower() for each in others[:3])


def _is_menu(text: str, words: list[str]) -> bool:
    """Whether a line is names of sections in a row."""
    if text.endswith(_SENTENCE_END):
        return False
    parts = [part.strip() for part in re.split(r"\s[|\u00b7\u2022\u00bb>\u203a]\s", text)]
    return (
        len(parts) >= 3 and all(part and len(part.split()) <= 4 for part in parts) and bool(words)
    )
