"""The forms of rules: a small form for each rule, and all of them together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from wtforms import BooleanField, Field, SelectField
from wtforms.fields import SelectChoice

from app.rules.checks import RULES
from app.rules.fields import Fraction, Whole, word_list, words_of
from app.rules.judging import Line, Rule, Setting, Verdict
from app.rules.wording import DOES, brief
from app.text import whole_number
from app.web.forms import Form, Prose
from app.web.widgets import CheckboxInput, Select

SET = "set_"


class RuleForm(Form):
    """One rule as an editor sets it; a subclass for each rule adds its verdict and settings."""

    rule: Rule
    on = BooleanField("On", widget=CheckboxInput())
    own = BooleanField("Different under this entry", widget=CheckboxInput())
    place = Whole("Number", least=1, most=len(RULES))
    verdict: Field

    @property
    def settings(self) -> Iterator[Field]:
        """The fields of the rule's own settings."""
        return (self[SET + name] for name in self.rule.settings)

    @property
    def then(self) -> str:
        """What the rule does with what it catches, where there is no choice."""
        return DOES[self.rule.verdicts[0]]

    @property
    def line(self) -> Line:
        """The rule as it is set here."""
        verdict = Verdict(self.verdict.data) if "verdict" in self else self.rule.verdicts[0]
        values = {name: _value(self[SET + name]) for name in self.rule.settings}
        return Line(self.rule, self.on.data, verdict, values)


def _value(field: Field) -> Any:
    return words_of(field.data) if isinstance(field, Prose) else field.data


@cache
def form_of(name: str) -> type[RuleForm]:
    """The class of the form of one rule."""
    rule = RULES[name]
    fields: dict[str, Any] = {SET + each: _field(setting)
                              for each, setting in rule.settings.items()}
    if len(rule.verdicts) > 1:
        fields["verdict"] = SelectField("Then", widget=Select(), choices=[
            SelectChoice(verdict.value, DOES[verdict]) for verdict in rule.verdicts])
    return type(f"{rule.label.title().replace(' ', '')}Form", (RuleForm,),
                {"rule": rule, **fields, "__doc__": rule.explains})


def _field(setting: Setting) -> Any:
    if isinstance(setting.default, tuple):
        return Prose(setting.label, [word_list])
    kind = Fraction if isinstance(setting.default, float) else Whole
    return kind(setting.label, least=setting.least, most=setting.most)


def part(line: Line, sent: Any = None, *, place: int | None = None, own: bool = False) -> RuleForm:
    """The form of one rule, as it stands or as it was `sent`.

    With a `place` it is one of the site's rules; without, one that an entry may change.
    """
    values = {SET + name: "\n".join(value) if isinstance(value, list | tuple) else value
              for name, value in line.settings.items()}
    form = form_of(line.rule.name)(sent, prefix=f"{line.rule.name}-", data={
        "on": line.on, "verdict": line.verdict.value, "place": place, "own": own, **values})
    del form["own" if place else "place"]
    return form


class Parts:
    """Forms of rules that are sent together."""

    def __init__(self, parts: Iterable[RuleForm], started_from: str) -> None:
        self.parts, self.started_from = list(parts), started_from
        self.form_errors: list[str] = []

    @property
    def errors(self) -> Iterator[tuple[Field, str]]:
        """Every field that is wrong, with its sentence and the rule's name in it."""
        for each in self.parts:
            for field in each:
                if field.errors:
                    yield field, f"{each.rule.label}, {brief(field.label.text)}: {field.errors[0]}"

    def validate(self) -> bool:
        """Whether all of it can be saved; every mistake has a sentence at its field then."""
        wrong = [each for each in self.checked if not each.validate()]
        return not wrong and not self.form_errors

    @property
    def checked(self) -> list[RuleForm]:
        """The forms that count."""
        return self.parts


class RulebookForm(Parts):
    """All rules of the site in their order; `started_from` is the id of the rulebook edited."""

    @classmethod
    def of(cls, lines: Sequence[Line], book: int) -> "RulebookForm":
        """The form filled with these rules."""
        return cls((part(line, place=place) for place, line in enumerate(lines, 1)), str(book))

    @property
    def arranged(self) -> "RulebookForm":
        """The same form with its rules where their numbers put them."""
        form = self.of(self.lines, 0)
        form.started_from = self.started_from
        return form

    @classmethod
    def sent(cls, data: Mapping[str, str], lines: Sequence[Line]) -> "RulebookForm":
        """The form as it was sent, in the order it was shown in; a rule not in it stays as is."""
        known = {line.rule.name: line for line in lines}
        shown = [name for key in data if (name := key.removesuffix("-place")) in known
                 and key.endswith("-place")]
        rest = [name for name in known if name not in shown]
        form = cls((part(known[name], data if name in shown else None, place=place)
                    for place, name in enumerate(shown + rest, 1)),
                   data.get("started_from", "")[:20])
        if not shown:
            form.form_errors.append("The form came without its rules, so nothing was changed.")
        return form

    @property
    def book(self) -> int:
        """The id of the rulebook that was edited; -1, which none has, if it was damaged."""
        found = whole_number(self.started_from)
        return -1 if found is None else found

    @property
    def lines(self) -> list[Line]:
        """The rules in the order that their numbers say.

        Of two with one number, the one that was moved there stands there and the other gives way.
        """
        def key(shown: tuple[int, RuleForm]) -> tuple[int, int, int]:
            index, each = shown
            place = each.place.data or 0
            return place, (place > index + 1) - (place < index + 1), index
        return [each.line for _index, each in sorted(enumerate(self.parts), key=key)]


class EntryRulesForm(Parts):
    """What one entry changes: only rules marked as its own count, all others are as the site's."""

    @classmethod
    def of(cls, lines: Sequence[Line], own: Iterable[str], started_from: str,
           sent: Mapping[str, str] | None = None) -> "EntryRulesForm":
        """The form filled with these rules, of which some are its own, or as it was sent."""
        own = set(own)
        return cls((part(line, sent, own=line.rule.name in own) for line in lines), started_from)

    @property
    def checked(self) -> list[RuleForm]:
        """Those that are its own."""
        return [each for each in self.parts if each.own.data]

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """What is stored: for each rule of its own, how it is."""
        return {each.rule.name: {"on": line.on, "verdict": line.verdict.value,
                                 "settings": dict(line.settings)}
                for each in self.checked for line in [each.line]}
