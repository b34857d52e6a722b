"""Markdown as HTML: posts with quotations that name their speaker, and what readers type."""

import re
from functools import cache

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, smartquotes
from markdown_it.token import Token

from app.text.cleaning import OUTSIDE_REL, clean_html

QUOTED_PARAGRAPH = 4_000
_MAY_LINK = re.compile(r"//|@|\.\w|mailto:", re.IGNORECASE)


def markdown(source: str, *, rel: str = OUTSIDE_REL) -> str:
    """CommonMark with tables as clean HTML.

    A quotation whose last paragraph begins with a dash becomes a figure with that line as its
    caption, so that a quote always stands with its speaker.
    """
    return clean_html(_article().render(source), rel=rel)


def remark(source: str) -> str:
    """What a reader typed as clean HTML: paragraphs, `> quotes`, code and bare links only."""
    return clean_html(_conversation().render(source))


@cache
def _article() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    parser.enable(["table", "replacements", "smartquotes"])
    parser.core.ruler.at("smartquotes", _short_smartquotes)
    parser.core.ruler.push("attributed_quotes", _attribute_quotes)
    return parser


@cache
def _conversation() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": True})
    parser.linkify = _Links()
    return parser.enable(["blockquote", "fence", "backticks", "newline", "linkify"])


class _Links(LinkifyIt):
    """Finds bare links, and sees at a glance that there are none, as in most of what is typed."""

    def pretest(self, text: str) -> bool:
        """Whether there may be one. The library's own pattern names all punctuation there is, and
        takes longer than everything else about a comment's text.
        """
        return _MAY_LINK.search(text) is not None


def _short_smartquotes(state: StateCore) -> None:
    # The rule takes time that grows with the square of a paragraph full of quotation marks.
    whole = state.tokens
    state.tokens = [token for token in whole if len(token.content) <= QUOTED_PARAGRAPH]
    smartquotes(state)
    state.tokens = whole


def _attribute_quotes(state: StateCore) -> None:
    tokens = state.tokens
    for close in reversed(range(len(tokens))):
        if tokens[close].type == "blockquote_close" and _is_attribution(tokens[close - 3:close]):
            _make_figure(tokens, close)


def _is_attribution(last: list[Token]) -> bool:
    return (
        [token.type for token in last] == ["paragraph_open", "inline", "paragraph_close"]
        and last[1].content.startswith(("— ", "– ", "-- "))
    )


def _make_figure(tokens: list[Token], close: int) -> None:
    opening = next(
        index for index in reversed(range(close))
        if tokens[index].type == "blockquote_open" and tokens[index].level == tokens[close].level
    )
    if close - 3 == opening + 1:
        return
    words = tokens[close - 2]
    words.content = words.content.lstrip("—–- ")
    if words.children:
        words.children[0].content = words.children[0].content.lstrip("—–- ")
    caption = [Token("figcaption_open", "figcaption", 1), words,
               Token("figcaption_close", "figcaption", -1)]
    tokens[close - 3:close + 1] = [tokens[close], *caption, Token("figure_close", "figure", -1)]
    tokens.insert(opening, Token("figure_open", "figure", 1))
