"""Foreign markup as a row of blocks: paragraphs, headings, lists; no boxes, no layout tables."""

from app.feeds.mending.tree import Element, etree, last, remove, words

BOXES = frozenset({
    "div", "section", "article", "main", "header", "footer", "aside", "center", "form", "fieldset",
    "nav", "address", "details", "summary", "hgroup", "body", "html", "legend",
})
BLOCKS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre",
    "figure", "hr", "li", "dt", "dd",
})
PROSE = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote"})
WRAPPERS = frozenset({"span", "font", "b", "strong", "i", "em", "big", "small", "u"})
CELLS = frozenset({"td", "th"})
LONG_CELL = 300


def shape(body: Element) -> None:
    """Makes the tree a row of blocks: boxes opened, `<br><br>` and loose text made paragraphs."""
    for table in list(body.iter("table")):
        if _is_layout(table):
            _open_table(table)
    for wrapper in _around_blocks(body):
        wrapper.tag = "div"
    _Row(body).lay()
    for quote in list(body.iter("blockquote", "li", "td", "dd")):
        if any(child.tag in BOXES for child in quote) or _is_broken(quote):
            _Row(quote).lay()
    for heading in body.iter("h1"):
        heading.tag = "h2"
    _drop_empty(body)


def _around_blocks(body: Element) -> list[Element]:
    found: dict[Element, None] = {}
    for block in body.iter(*BLOCKS, *BOXES):
        around = block.getparent()
        while around is not None and around.tag in WRAPPERS and around not in found:
            found[around] = None
            around = around.getparent()
    return list(found)


def _is_layout(table: Element) -> bool:
    if table.get("role") == "presentation":
        return True
    if table.find(".//th") is not None or table.find(".//caption") is not None:
        return table.find(".//table") is not None
    rows = list(table.iter("tr"))
    if all(len(row) < 2 for row in rows) or table.find(".//table") is not None:
        return True
    return any(len(words(cell)) > LONG_CELL or cell.find(".//h2") is not None
               for cell in table.iter("td"))


def _open_table(table: Element) -> None:
    for part in list(table.iter("tbody", "thead", "tfoot", "tr", "colgroup", "col", "caption")):
        part.tag = "div"
    for cell in list(table.iter("td", "th")):
        cell.tag = "div"
    table.tag = "div"


def _is_broken(element: Element) -> bool:
    return any(child.tag == "br" and _is_chain(child) for child in element)


def _is_chain(line_break: Element) -> bool:
    after = line_break.getnext()
    return after is not None and after.tag == "br" and not (line_break.tail or "").strip()


class _Row:
    """The blocks of one box, gathered while its children are walked in order."""

    def __init__(self, box: Element) -> None:
        self.box = box
        self.blocks: list[Element] = []
        self.paragraph: Element | None = None

    def lay(self) -> None:
        """Puts the blocks where the children were."""
        children, first = list(self.box), self.box.text
        for child in children:
            self.box.remove(child)
        self.box.text = None
        self._text(first)
        self._walk(children)
        self.box.extend(self.blocks)

    def _walk(self, children: list[Element]) -> None:
        # The parser allows 256 levels, so this depth is bounded.
        for child in children:
            tail, child.tail = child.tail, None
            if child.tag in BOXES:
                self.paragraph = None
                self._text(child.text)
                self._walk(list(child))
                self.paragraph = None
            elif child.tag == "p":
                self._split(child)
            elif child.tag in BLOCKS:
                self.paragraph = None
                self.blocks.append(child)
            else:
                self._inline(child)
            self._text(tail)

    def _split(self, paragraph: Element) -> None:
        self.paragraph = None
        if not _is_broken(paragraph):
            self.blocks.append(paragraph)
            return
        self._text(paragraph.text)
        for child in list(paragraph):
            tail, child.tail = child.tail, None
            chain = child.tag == "br" and self._ends_with_break() and not (tail or "").strip()
            if child.tag == "br" and (chain or self._ends_with_break()):
                self.paragraph = None
            else:
                self._inline(child)
            self._text(tail)
        self.paragraph = None

    def _inline(self, element: Element) -> None:
        if element.tag == "br":
            if self._ends_with_break():
                self.paragraph = None
                return
            if self.paragraph is None:
                return
        self._open().append(element)

    def _ends_with_break(self) -> bool:
        return self.paragraph is not None and _is_loose_end(last(self.paragraph))

    def _text(self, text: str | None) -> None:
        if not text or (self.paragraph is None and not text.strip()):
            return
        paragraph = self._open()
        end = last(paragraph)
        if end is None:
            paragraph.text = (paragraph.text or "") + text
        else:
            end.tail = (end.tail or "") + text

    def _open(self) -> Element:
        if self.paragraph is None:
            self.paragraph = etree.Element("p")
            self.blocks.append(self.paragraph)
        return self.paragraph


def _drop_empty(body: Element) -> None:
    for element in reversed(list(body.iter(*PROSE, *WRAPPERS, "ul", "ol", "figure", "a",
                                           "figcaption"))):
        while _is_loose_end(end := last(element)):
            element.remove(end)
        if element is not body and end is None and not (element.text or "").strip():
            remove(element)


def _is_loose_end(end: Element | None) -> bool:
    return end is not None and end.tag == "br" and not (end.tail or "").strip()
