"""Fields that we draw ourselves: the same as WTForms draws them."""

from typing import Any

import pytest
from wtforms import BooleanField, Form, SelectField, StringField, TextAreaField
from wtforms import widgets as theirs
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from app.web import widgets as ours

TYPED = ["", "plain", "\"quoted\" & <b>bold</b>'", "Grüße\n领导力"]


def drawn(kind: Any, widget: Any, typed: str, **wanted: Any) -> str:
    """A field of this kind, filled and drawn."""
    more = {"choices": [SelectChoice(each, each) for each in TYPED]} if kind is SelectField else {}
    field = kind("Label", [InputRequired(), Length(2, 80)], widget=widget, **more)
    form = type("Asking", (Form,), {"field": field})(data={"field": typed})
    return str(form.field(**wanted))


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize(("kind", "name"), [
    (StringField, "TextInput"), (TextAreaField, "TextArea"), (BooleanField, "CheckboxInput"),
    (SelectField, "Select")])
def test_a_field_is_drawn_as_wtforms_draws_it(kind: Any, name: str, typed: str) -> None:
    for wanted in ({}, {"rows": 6, "class_": "a \"b\"", "aria_describedby": "x y", "value": typed},
                   {"autofocus": True, "required": False, "id": "own", "data_x": "<"}):
        assert (drawn(kind, getattr(ours, name)(), typed, **wanted)
                == drawn(kind, getattr(theirs, name)(), typed, **wanted))
