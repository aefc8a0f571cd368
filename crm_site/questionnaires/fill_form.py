"""The form in which a sheet is filled in, made from what its version asks."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from crm_site.common.files import Taken, take_picture
from crm_site.questionnaires.choices import BAD_ANSWERS, offered
from crm_site.questionnaires.models import AnswerPhoto, AnswerSheet
from crm_site.questionnaires.rules import (
    BadAnswerError,
    Question,
    Scale,
    clean_answer,
    shown,
    unanswered,
)
from crm_site.questionnaires.services import Filled

MAX_PHOTO = 8 * 1024 * 1024
CAMERA = {"accept": "image/*", "capture": "environment"}


@dataclass(frozen=True, slots=True)
class Row:
    """A question as it is drawn; ``values`` is JSON for the script that shows and hides."""

    question: Question
    field: BoundField
    values: str
    photos: list[tuple[AnswerPhoto, BoundField]]
    is_missing: bool


def name_of(question: Question) -> str:
    """Return the name of a question's control."""
    return f"q-{question.key}"


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label,
        "required": False,  # only a finished sheet has to be whole
        "help_text": question.help,
    }
    if question.scale == Scale.PHOTO:
        return forms.FileField(widget=forms.FileInput(attrs=CAMERA), **common)
    if question.values:
        none = [] if question.required else [("", _("No answer"))]
        radios = forms.RadioSelect()
        return forms.ChoiceField(choices=[*none, *offered(question)], widget=radios, **common)
    widgets: dict[str, forms.Widget] = {
        Scale.LONG: forms.Textarea(attrs={"rows": 4}),
        Scale.DATE: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        Scale.NUMBER: forms.TextInput(attrs={"inputmode": "decimal"}),
    }
    return forms.CharField(widget=widgets.get(question.scale, forms.TextInput()), **common)


class FillForm(forms.Form):
    """One control for each question; with ``check`` what is still missing is marked."""

    def __init__(
        self, data: Any = None, files: Any = None, *, sheet: AnswerSheet, check: bool = False
    ) -> None:
        self.sheet, self.outline = sheet, sheet.version.outline
        self._held, self._check = sheet.values(), check
        initial = {f"q-{key}": value for key, value in self._held.items()}
        super().__init__(data, files, initial=initial)
        for question in self.outline.questions():
            self.fields[name_of(question)] = _field(question)
        self._photos = defaultdict(list)
        for photo in sheet.photos.defer("content").order_by("pk"):
            self._photos[photo.question].append(photo)
            label = _("Remove this photo")
            self.fields[f"drop-{photo.pk}"] = forms.BooleanField(label=label, required=False)

    def clean(self) -> dict[str, Any]:
        """Judge every answer by its scale and every photo by its bytes."""
        data = super().clean() or {}
        self._taken: dict[str, list[Taken]] = {}
        for question in self.outline.questions():
            name = name_of(question)
            value = data.get(name)
            if name in self.errors or not value:
                continue
            try:
                if question.scale == Scale.PHOTO:
                    self._taken[question.key] = [take_picture(value, limit=MAX_PHOTO)]
                else:
                    data[name] = clean_answer(question, value)
            except BadAnswerError as error:
                self.add_error(name, BAD_ANSWERS[error.code])
            except forms.ValidationError as error:
                self.add_error(name, error)
        return data

    def filled(self) -> Filled:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Filled(
            answers={
                question.key: data.get(name_of(question)) or ""
                for question in self.outline.questions()
                if question.scale != Scale.PHOTO
            },
            photos=self._taken,
            dropped=frozenset(
                int(name.removeprefix("drop-"))
                for name, value in data.items()
                if name.startswith("drop-") and value
            ),
        )

    def missing(self) -> list[Question]:
        """Return the required questions that the kept draft does not answer."""
        return unanswered(self.outline, self._held, set(self._photos)) if self._check else []

    def sections(self) -> list[tuple[str, list[Row]]]:
        """Return the questions as they are drawn, by section."""
        missing = {question.key for question in self.missing()}
        return [
            (section.title, [self._row(one, missing) for one in section.questions])
            for section in self.outline.sections
        ]

    def _row(self, question: Question, missing: set[str]) -> Row:
        bound = self[name_of(question)]
        bound.field.required = question.required  # says so beside the label; cleaning is over
        photos = [(one, self[f"drop-{one.pk}"]) for one in self._photos[question.key]]
        needs = question.only_if
        values = json.dumps(needs.values) if needs else ""
        return Row(question, bound, values, photos, question.key in missing)


def hidden_keys(sheet: AnswerSheet) -> set[str]:
    """Return the questions of a sheet that its answers do not let appear."""
    outline = sheet.version.outline
    visible = {question.key for question in shown(outline, sheet.values())}
    return {question.key for question in outline.questions()} - visible
