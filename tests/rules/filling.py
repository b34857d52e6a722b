"""What a browser would send of a form as it stands on a page."""

from html.parser import HTMLParser


class Form(HTMLParser):
    """The fields of the form with this id, filled as the page has them."""

    def __init__(self, text: str, form_id: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._wanted, self._inside = form_id, False
        self._select = self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        each = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = each.get("id") == self._wanted
        if not self._inside:
            return
        if tag == "input" and (each.get("type") != "checkbox" or "checked" in each):
            self.fields[each["name"]] = each.get("value", "")
        if tag == "select":
            self._select = each["name"]
        if tag == "option" and ("selected" in each or self._select not in self.fields):
            self.fields[self._select] = each["value"]
        if tag == "textarea":
            self._area = each["name"]
            self.fields[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._inside and self._area:
            # What follows the tag is a line break that browsers drop.
            self.fields[self._area] += data.removeprefix("\r\n").removeprefix("\n")


def filled(text: str, form_id: str = "rulebook") -> dict[str, str]:
    """Name and value of every field that would be sent."""
    return Form(text, form_id).fields
