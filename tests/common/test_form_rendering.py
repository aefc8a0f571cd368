"""Our quick controls are the markup of Django's widget templates."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test import SimpleTestCase

from crm_site.common.form_rendering import QuickRenderer

WORDS = [("a<b", 'Alpha "1"'), ("2", "Beta & co"), ("", "--")]
GROUPED = [("Letters", [("x", "X"), ("y", "Y")]), ("z", "Z")]
CONTROLS: list[tuple[forms.Widget, Any, dict[str, Any]]] = [
    (forms.TextInput(), 'quote " & <tag>', {"class": "in", "required": True, "disabled": False}),
    (forms.TextInput(), None, {}),
    (forms.NumberInput(attrs={"step": 5}), 0, {}),
    (forms.HiddenInput(), "7", {}),
    (forms.PasswordInput(), "never shown", {}),
    (forms.EmailInput(), "", {}),
    (forms.CheckboxInput(), True, {"id": "id_x"}),
    (forms.CheckboxInput(), False, {}),
    (forms.Select(choices=WORDS), "a<b", {"class": "in"}),
    (forms.Select(choices=WORDS), None, {}),
    (forms.Select(choices=GROUPED), "y", {}),
    (forms.NullBooleanSelect(), True, {}),
    (forms.SelectMultiple(choices=WORDS), ["2", ""], {}),
    (forms.Textarea(attrs={"rows": 2}), "</textarea>\nnext", {}),
    (forms.Textarea(), None, {}),
    (forms.CheckboxSelectMultiple(choices=WORDS), ["2"], {"id": "id_many"}),
    (forms.RadioSelect(choices=WORDS), "2", {"id": "id_one"}),
    (forms.DateTimeInput(), "2026-05-20 10:32", {}),
    (forms.SplitDateTimeWidget(), None, {}),
]


@pytest.mark.parametrize(("widget", "value", "attrs"), CONTROLS)
def test_control_is_drawn_as_django_draws_it(
    widget: forms.Widget, value: Any, attrs: dict[str, Any]
) -> None:
    ours = widget.render("field", value, attrs, renderer=QuickRenderer())
    theirs = widget.render("field", value, attrs, renderer=DjangoTemplates())
    SimpleTestCase().assertHTMLEqual(ours, theirs)


@pytest.mark.parametrize("widget", [forms.CheckboxSelectMultiple, forms.RadioSelect])
def test_single_choices_are_drawn_as_django_draws_them(widget: type[forms.Widget]) -> None:
    class Choice(forms.Form):
        kind = forms.MultipleChoiceField(choices=WORDS, widget=widget)

    def tags(renderer: DjangoTemplates) -> list[str]:
        form = Choice({"kind": ["2"]}, renderer=renderer)
        return [str(choice.tag()) for choice in form["kind"]]

    for ours, theirs in zip(tags(QuickRenderer()), tags(DjangoTemplates()), strict=True):
        SimpleTestCase().assertHTMLEqual(ours, theirs)
