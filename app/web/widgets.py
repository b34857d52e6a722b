"""How the fields are drawn that stand on every page, or on one by the dozen.

As WTForms draws them, but for the attributes: it makes a text to be filled in for each of them,
which is a quarter of what a page full of fields costs.
"""

from typing import Any

from markupsafe import Markup, escape
from wtforms import widgets
from wtforms.widgets.core import clean_key


def attributes(**values: Any) -> Markup:
    """The attributes of a field as HTML, in the order of their names."""
    return Markup(" ".join(  # noqa: S704 - escaped
        clean_key(name) if value is True else f'{clean_key(name)}="{escape(value)}"'
        for name, value in sorted(values.items()) if value is not False))


def _own(widget: Any, field: Any) -> dict[str, Any]:
    bounds = {name: getattr(field.flags, name) for name in widget.validation_attrs}
    return {"id": field.id, **{name: value for name, value in bounds.items() if value is not None}}


class _Input(widgets.Input):
    def __call__(self, field: Any, **given: Any) -> Markup:
        own = {**_own(self, field), "type": self.input_type, "value": field._value()}
        return Markup(f"<input {attributes(**{**own, **given, 'name': field.name})}>")  # noqa: S704


class TextInput(_Input, widgets.TextInput):
    """A line of text."""


class CheckboxInput(widgets.CheckboxInput, _Input):
    """A box to tick."""


class TextArea(widgets.TextArea):
    """Many lines of text."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        """The element with what was typed in it."""
        written = attributes(**{**_own(self, field), **given, "name": field.name})
        return Markup(  # noqa: S704 - escaped
            f"<textarea {written}>\r\n{escape(field._value())}</textarea>")


class Select(widgets.Select):
    """One of several, folded."""

    @classmethod
    def render_option(cls, choice: Any, **given: Any) -> Markup:
        """One of them."""
        options = {"value": str(choice.value), **(choice.render_kw or {}), **given}
        if choice.selected:
            options["selected"] = True
        return Markup(  # noqa: S704 - escaped
            f"<option {attributes(**options)}>{escape(choice.label or choice.value)}</option>")
