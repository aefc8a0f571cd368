"""The forms of an entry, made from its register's definition."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_site.common.subjects import resolve
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import RegisterDefinition, RegisterField
from crm_site.registers.services import EntryDraft
from crm_site.registers.values import MAX_LONG, MAX_TEXT
from crm_site.staff.models import User

DATETIME_LOCAL = "%Y-%m-%dT%H:%M"


def _field(spec: RegisterField) -> forms.Field:
    common: dict[str, Any] = {
        "label": spec.label,
        "required": spec.required,
        "help_text": spec.help,
    }
    if spec.type == "choice":
        blank = [] if spec.required else [("", "--")]
        return forms.ChoiceField(choices=[*blank, *spec.choices], **common)
    if spec.type == "boolean":
        return forms.BooleanField(**common | {"required": False})
    if spec.type == "date":
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(widget=widget, **common)
    if spec.type == "number":
        return forms.DecimalField(**common)
    if spec.type == "long":
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(max_length=MAX_LONG, widget=area, **common)
    return forms.CharField(max_length=MAX_TEXT, **common)


class EntryForm(forms.Form):
    """One entry of any register; a field of its own for each field of the definition."""

    title = forms.CharField(max_length=200)
    due_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=DATETIME_LOCAL),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        definition: RegisterDefinition,
        user: User,
        entry: RegisterEntry | None = None,
        subject_id: int | None = None,
    ) -> None:
        self.definition, self._user, self._entry = definition, user, entry
        self._subject_id = subject_id
        super().__init__(data, initial=self._initial(), auto_id=f"{definition.key}_%s")
        self.fields["title"].label = str(definition.title_label)
        self.fields["due_at"].label = str(definition.due_label)
        for spec in definition.fields:
            self.fields[spec.key] = _field(spec)
        if definition.subject_kind and entry is None and subject_id is None:
            label = _("Number of the record")
            self.fields["subject_id"] = forms.IntegerField(label=label, min_value=1)
        keys = [spec.key for spec in definition.fields]
        self.order_fields(["version", "subject_id", *keys[:1], "title", *keys[1:], "due_at"])

    def _initial(self) -> dict[str, Any]:
        if self._entry is not None:
            held: dict[str, Any] = {"title": self._entry.title, "due_at": self._entry.due_at}
            held |= dict(self._entry.values)
            return held | {"version": self._entry.version}
        return {spec.key: spec.initial(self._user) for spec in self.definition.fields}

    def clean_subject_id(self) -> int:
        """Refuse a record that does not exist for this user."""
        number = int(self.cleaned_data["subject_id"])
        if resolve(self.definition.subject_kind, number, self._user) is None:
            raise forms.ValidationError(_("There is no such record among those you can see."))
        return number

    def draft(self) -> EntryDraft:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return EntryDraft(
            title=data["title"],
            due_at=data["due_at"],
            values={spec.key: data[spec.key] for spec in self.definition.fields},
            subject_id=self._subject_id or data.get("subject_id"),
        )


class CloseForm(forms.Form):
    """How an entry ended and what proves it."""

    outcome = forms.ChoiceField(label=_("Ended how"))
    evidence = forms.CharField(
        label=_("Evidence or reason"),
        max_length=MAX_LONG,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, definition: RegisterDefinition, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(found.key, found.action) for found in definition.outcomes]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["outcome"].initial = choices[0][0]
            self.fields["outcome"].widget = forms.HiddenInput()
            self.fields["evidence"].label = str(definition.outcomes[0].asks)


class ReviewForm(forms.Form):
    """What was found when the entry was looked at again."""

    note = forms.CharField(label=_("Finding"), max_length=MAX_LONG)
