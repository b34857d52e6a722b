"""Numbers that are typed into titles because the blog has no place for them."""

import re

from app.feeds.mending.findings import TITLE, Finding, finding

_LABEL = (r"tip|part|episode|ep|chapter|lesson|day|week|issue|no|nr|number|vol|volume|edition"
          r"|letter|note|question|rule|habit|step|myth|session|post|teil|folge|tipp|partie|numéro")
_SIGN = r"\s*(?:[:/|–—]|-(?=\s)|\.(?=\s))\s*"
# “024/ Trust”, “#12 – Trust”: nothing but the number. Four digits without a sign are a year.
_BARE = re.compile(rf"(?:\#\s?(?P<signed>\d{{1,4}}){_SIGN}|(?P<bare>\d{{1,3}})\s?/(?!\d)\s*"
                   r"|(?P<spaced>\d{1,3})\s[–—|]\s)(?P<rest>\D.{2,})", re.S)
# “Tip #20: Trust”, “Part 3: Trust”, “Leadership Tip No. 7 – Trust”.
_NAMED = re.compile(rf"(?P<series>(?:[^\d:#–—|]{{1,40}}\s)?(?:{_LABEL}))\.?\s?"
                    rf"(?:\#|no\.?\s|nr\.?\s)?\s?(?P<number>\d{{1,4}})"
                    rf"(?:\s?(?:of|/)\s?\d{{1,3}})?{_SIGN}(?P<rest>.{{3,}})", re.I)
# “Trust (Part 3)”, “Trust, Part 3 of 5”.
_TRAILING = re.compile(r"(?P<rest>.{3,}?)[\s,:–—-]*[(\[]?\b(?P<label>part|teil|partie|pt)\.?\s?"
                       r"(?P<number>\d{1,3})(?:\s?(?:of|/)\s?\d{1,3})?[)\]]?", re.I)
_WRITTEN_OUT = {"ep": "Episodes", "no": "Issues", "nr": "Issues", "vol": "Volumes", "part": "",
                "teil": "", "partie": "", "number": "", "numéro": ""}


def numbered(title: str) -> Finding | None:
    """A proposal to file under a series, if a number was typed into this title.

    `series` is a guess at its name, empty where the title says nothing about it.
    """
    if match := _BARE.fullmatch(title):
        number = match["signed"] or match["bare"] or match["spaced"]
        return _proposal(title, "", number, match["rest"])
    if match := _NAMED.fullmatch(title):
        return _proposal(title, _plural(match["series"]), match["number"], match["rest"])
    if match := _TRAILING.fullmatch(title):
        return _proposal(title, match["rest"].strip(" ,:–—-"), match["number"],
                         match["rest"].strip(" ,:–—-"))
    return None


def _proposal(title: str, series: str, number: str, rest: str) -> Finding | None:
    value = int(number)
    return finding("series", TITLE, title, rest.strip(), sure=False, series=series,
                   number=value) if 0 < value < 10_000 else None


def _plural(label: str) -> str:
    label = re.sub(r"\s(?:no|nr|number)$", "", " ".join(label.split()), flags=re.I)
    written_out = _WRITTEN_OUT.get(label.lower())
    if written_out is not None:
        return written_out
    return label if label.endswith("s") else f"{label[:1].upper()}{label[1:]}s"
