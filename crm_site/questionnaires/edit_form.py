"""The form in which a questionnaire is written: one row for each question."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from crm_site.common.subjects import subject, subject_kinds
from crm_site.questionnaires.choices import FAULTS, SCALES, USES, value_of
from crm_site.questionnaires.models import Questionnaire
from crm_site.questionnaires.rules import (
    MAX_QUESTIONS,
    MAX_WEIGHT,
    Condition,
    Outline,
    Question,
    Scale,
    Section,
    faults,
)
from crm_site.questionnaires.services import Written

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
EMPTY_ROWS = 3
PARTS = (
    *("place", "section", "label", "scale", "required", "weight", "help", "options"),
    *("right", "only_question", "only_values", "remove"),
)
FAULTY_PART = {
    "no_label": "label",
    "unknown_scale": "scale",
    "no_options": "options",
    "bad_weight": "weight",
    "right_not_offered": "right",
    "condition_not_before": "only_question",
    "condition_not_choosable": "only_question",
    "condition_value": "only_values",
}


@dataclass(frozen=True, slots=True)
class EditRow:
    """The controls of one question."""

    code: str
    is_new: bool
    parts: dict[str, BoundField]


def _row_fields() -> dict[str, forms.Field]:
    return {
        "place": forms.IntegerField(label=_("Place"), min_value=1, max_value=9999, required=False),
        "section": forms.CharField(label=_("Section begins here"), max_length=120, required=False),
        "label": forms.CharField(label=_("Question"), max_length=300, required=False),
        "scale": forms.ChoiceField(label=_("Answered by"), choices=SCALES),
        "required": forms.BooleanField(label=_("Must be answered"), required=False),
        "weight": forms.IntegerField(
            label=_("Weight in the score"), min_value=0, max_value=MAX_WEIGHT, required=False
        ),
        "help": forms.CharField(label=_("Hint"), max_length=300, required=False),
        "options": forms.CharField(
            label=_("Choices, one per line"),
            max_length=2000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
        "right": forms.CharField(
            label=_("Right answer, in a test"), max_length=300, required=False
        ),
        "only_question": forms.CharField(
            label=_("Only if question"), max_length=40, required=False
        ),
        "only_values": forms.CharField(
            label=_("was answered with one of (separated by commas)"),
            max_length=300,
            required=False,
        ),
        "remove": forms.BooleanField(label=_("Remove this question"), required=False),
    }


class EditForm(forms.Form):
    """A questionnaire with its questions and some empty rows."""

    title = forms.CharField(label=_("Title"), max_length=120)
    use = forms.ChoiceField(label=_("Used as"), choices=USES)
    intro = forms.CharField(
        label=_("Introduction"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_offered = forms.BooleanField(label=_("Offered for filling in"), required=False)
    codes = forms.CharField(widget=forms.HiddenInput, label=_("Questions"))

    def __init__(
        self, data: Any = None, *, questionnaire: Questionnaire | None = None, more: bool = False
    ) -> None:
        self._questionnaire = questionnaire
        version = questionnaire.latest() if questionnaire else None
        outline = version.outline if version else Outline(())
        self._known = [question.key for question in outline.questions()]
        self._codes = self._posted(data) or [*self._known, *self._next(EMPTY_ROWS)]
        if more:
            self._codes += self._next(EMPTY_ROWS)
            data = data.copy()
            data["codes"] = ",".join(self._codes)
        initial = {"codes": ",".join(self._codes), "use": "survey", "is_offered": True}
        if questionnaire and version:
            initial |= {"title": version.title, "intro": version.intro}
            initial |= {"use": questionnaire.use, "is_offered": questionnaire.is_offered}
        super().__init__(data, initial=initial | self._initial(outline))
        for code in self._codes:
            for part, field in _row_fields().items():
                self.fields[f"{code}-{part}"] = field
        if questionnaire is None:
            self.fields["subject_kind"] = forms.ChoiceField(
                label=_("Filled in about"), choices=_subject_choices, required=False
            )

    def _posted(self, data: Any) -> list[str]:
        texts = str(data.get("codes", "")).split(",") if data is not None else []
        codes = [text for text in dict.fromkeys(texts) if CODE.fullmatch(text)]
        return codes[: MAX_QUESTIONS + EMPTY_ROWS]

    def _next(self, count: int) -> list[str]:
        """Return codes that no question of this questionnaire ever had."""
        used = self._questionnaire.codes_used if self._questionnaire else 0
        taken = {*self._known, *getattr(self, "_codes", [])}
        numbers = (f"q{number}" for number in range(used + 1, used + 10 * MAX_QUESTIONS))
        return [code for code in numbers if code not in taken][:count]

    def _initial(self, outline: Outline) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for section in outline.sections:
            for number, question in enumerate(section.questions):
                found |= _values_of(question, section.title if number == 0 else "")
        for place, code in enumerate(self._codes, start=1):
            found[f"{code}-place"] = place * 10
            found.setdefault(f"{code}-weight", 1)
            found.setdefault(f"{code}-required", True)
            found.setdefault(f"{code}-scale", Scale.FIVE.value)
        return found

    def head(self) -> list[BoundField]:
        """Return the fields above the questions."""
        names = ("title", "use", "subject_kind", "intro", "is_offered")
        return [self[name] for name in names if name in self.fields]

    def rows(self) -> list[EditRow]:
        """Return the controls of each question."""
        return [
            EditRow(code, code not in self._known, {part: self[f"{code}-{part}"] for part in PARTS})
            for code in self._codes
        ]

    def clean(self) -> dict[str, Any]:
        """Make the outline; what is wrong with it stands beside its question."""
        data = super().clean() or {}
        if self.errors:
            return data
        self.outline = self._outline(data)
        for fault in faults(self.outline):
            part = FAULTY_PART.get(fault.code)
            self.add_error(f"{fault.key}-{part}" if part else None, FAULTS[fault.code])
        return data

    def written(self) -> Written:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Written(
            title=data["title"],
            use=data["use"],
            intro=data["intro"],
            outline=self.outline,
            is_offered=data["is_offered"],
        )

    def _outline(self, data: dict[str, Any]) -> Outline:
        kept = [code for code in self._codes if self._is_kept(code, data)]
        last = len(self._codes) * 10 + 10
        kept.sort(key=lambda code: data[f"{code}-place"] or last)
        sections: list[Section] = []
        questions: dict[str, Question] = {}
        for code in kept:
            question = _with_condition(_question(code, data), data, questions)
            questions[code] = question
            title = data[f"{code}-section"].strip()
            if sections and not title:
                section = sections[-1]
                sections[-1] = replace(section, questions=(*section.questions, question))
            else:
                sections.append(Section(title, (question,)))
        return Outline(tuple(sections))

    def _is_kept(self, code: str, data: dict[str, Any]) -> bool:
        """Return whether a row is a question: not removed, and not a new row left empty."""
        if data[f"{code}-remove"]:
            return False
        return code in self._known or bool(data[f"{code}-label"].strip())


def _subject_choices() -> list[tuple[str, Any]]:
    named = [(kind, subject(kind).label) for kind in subject_kinds() if subject(kind).label]
    return [("", _("Nothing in particular")), *named]


def _question(code: str, data: dict[str, Any]) -> Question:
    weight = data[f"{code}-weight"]
    lines = data[f"{code}-options"].splitlines()
    options = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    scale = data[f"{code}-scale"]
    question = Question(
        key=code,
        label=data[f"{code}-label"].strip(),
        scale=scale,
        required=data[f"{code}-required"],
        help=data[f"{code}-help"].strip(),
        options=options if scale == Scale.CHOICE else (),
        weight=1 if weight is None else weight,
    )
    return replace(question, right=value_of(question, data[f"{code}-right"]))


def _with_condition(
    question: Question, data: dict[str, Any], earlier: dict[str, Question]
) -> Question:
    """Return the question with its condition; answers may be typed in words."""
    code = data[f"{question.key}-only_question"].strip()
    if not code:
        return question
    other = earlier.get(code)
    texts = re.split(r"[,，、]", data[f"{question.key}-only_values"])
    typed = [text.strip() for text in texts if text.strip()]
    values = tuple(value_of(other, text) if other else text for text in typed)
    return replace(question, only_if=Condition(code, values))


def _values_of(question: Question, section: str) -> dict[str, Any]:
    needs, code = question.only_if, question.key
    return {
        f"{code}-section": section,
        f"{code}-label": question.label,
        f"{code}-scale": question.scale,
        f"{code}-required": question.required,
        f"{code}-weight": question.weight,
        f"{code}-help": question.help,
        f"{code}-options": "\n".join(question.options),
        f"{code}-right": question.right,
        f"{code}-only_question": needs.question if needs else "",
        f"{code}-only_values": ", ".join(needs.values) if needs else "",
    }
