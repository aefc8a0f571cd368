"""The forms of the import wizard: the file, and what its columns mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.exchange.models import ImportJob
from crm_site.exchange.registry import FieldSpec, Importer, OptionSpec, importer
from crm_site.exchange.rules.dates import DateOrder
from crm_site.exchange.rules.mapping import NEW
from crm_site.exchange.services.jobs import order_key

NEW_LABELS = (
    (f"{NEW}text", gettext_lazy("New field · text")),
    (f"{NEW}number", gettext_lazy("New field · number")),
    (f"{NEW}date", gettext_lazy("New field · date")),
    (f"{NEW}boolean", gettext_lazy("New field · yes or no")),
)
ORDERS = (
    ("", pgettext_lazy("order of a date", "Choose")),
    (DateOrder.DAY_FIRST.value, gettext_lazy("Day first")),
    (DateOrder.MONTH_FIRST.value, gettext_lazy("Month first")),
)


class UploadForm(forms.Form):
    """The file and what it holds."""

    kind = forms.ChoiceField(label=gettext_lazy("What the file holds"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "Excel (.xlsx) or CSV in UTF-8 or GB18030, names of columns on top."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )

    def __init__(self, *args: Any, importers: Sequence[Importer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(found.key, found.label) for found in importers]
        kind = self.fields["kind"]
        kind.choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            kind.initial = choices[0][0]
            kind.widget = forms.HiddenInput()

    def clean_file(self) -> UploadedFile:
        """Refuse a file above the limit of the installation."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            limit = filesizeformat(settings.IMPORT_MAX_BYTES)
            message = _("The file is larger than %(n)s. Split it.") % {"n": limit}
            raise forms.ValidationError(message)
        return file


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One line of the table of columns."""

    header: str
    sample: str
    target: BoundField
    order: BoundField | None


class MappingForm(forms.Form):
    """Which field each column goes to, how ambiguous dates read, and the options of the import."""

    def __init__(self, data: Any = None, *, job: ImportJob, samples: Mapping[str, str]) -> None:
        super().__init__(data)
        self._job = job
        self._samples = samples
        found = importer(job.kind)
        specs = found.fields(job.author)
        choices = _target_choices(found, specs)
        for index, column in enumerate(job.columns):
            self.fields[f"map-{index}"] = self._target(column["header"], choices)
            if not column["order"]:
                self.fields[f"order-{index}"] = self._order(column["header"])
        self._options = found.options(job.author)
        for option in self._options:
            self.fields[f"opt-{option.key}"] = self._option(option)

    @property
    def columns(self) -> list[ColumnRow]:
        """Return the lines of the table."""
        return [
            ColumnRow(
                header=column["header"],
                sample=self._samples.get(column["header"], ""),
                target=self[f"map-{index}"],
                order=self[f"order-{index}"] if f"order-{index}" in self.fields else None,
            )
            for index, column in enumerate(self._job.columns)
        ]

    @property
    def options(self) -> list[BoundField]:
        """Return the fields of the options."""
        return [self[f"opt-{option.key}"] for option in self._options]

    @property
    def mapping(self) -> dict[str, str]:
        """Return the chosen mapping; call after ``is_valid``."""
        return {
            column["header"]: self.cleaned_data[f"map-{index}"]
            for index, column in enumerate(self._job.columns)
        }

    @property
    def answers(self) -> dict[str, str]:
        """Return the options and the spelling of ambiguous dates; call after ``is_valid``."""
        chosen = {o.key: self.cleaned_data[f"opt-{o.key}"] for o in self._options}
        for index, column in enumerate(self._job.columns):
            if self.cleaned_data.get(f"order-{index}"):
                chosen[order_key(column["header"])] = self.cleaned_data[f"order-{index}"]
        return chosen

    @property
    def differs(self) -> bool:
        """Return whether something else was chosen than what the job was checked with."""
        known = {key: self._job.options.get(key, "") for key in self.answers}
        return self.mapping != self._job.mapping or self.answers != known

    def _target(self, header: str, choices: Any) -> forms.ChoiceField:
        label = _("Field for %(column)s") % {"column": header}
        return forms.ChoiceField(
            label=header,
            choices=choices,
            required=False,
            initial=self._job.mapping.get(header, ""),
            widget=forms.Select(attrs={"aria-label": label}),
        )

    def _order(self, header: str) -> forms.ChoiceField:
        label = _("Order of the dates in %(column)s") % {"column": header}
        return forms.ChoiceField(
            label=label,
            choices=ORDERS,
            required=False,
            initial=self._job.options.get(order_key(header), ""),
            widget=forms.Select(attrs={"aria-label": label}),
        )

    def _option(self, option: OptionSpec) -> forms.Field:
        initial = self._job.options.get(option.key, option.default)
        if option.choices:
            return forms.ChoiceField(label=option.label, choices=option.choices, initial=initial)
        return forms.CharField(
            label=option.label,
            initial=initial,
            required=False,
            max_length=40,
            help_text=option.help,
        )


def _target_choices(found: Importer, specs: Sequence[FieldSpec]) -> list[tuple[str | Promise, Any]]:
    fields: list[tuple[str, Any]] = [(spec.key, spec.label) for spec in specs]
    choices: list[tuple[str | Promise, Any]] = [
        ("", _("Leave this column out")),
        (_("Fields"), fields),
    ]
    if found.allow_new:
        choices.append((_("New fields"), list(NEW_LABELS)))
    return choices
