"""The form of a document's version: title, dates, as many sections as it has, a file."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.files import PAPERS, Taken, take_paper
from crm_site.common.subjects import resolve, subject
from crm_site.documents.models import DocumentVersion
from crm_site.documents.registry import DocumentKind
from crm_site.documents.services.content import file_of
from crm_site.documents.services.writing import MAX_SECTIONS, Draft
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES

MAX_TEXT = 20_000
MAX_FILE = 10 * 1024 * 1024
EMPTY_ROWS = 2
MAX_CHOICES = 500
DAY = "%Y-%m-%d"


def _day(label: Any, *, required: bool) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format=DAY)
    return forms.DateField(label=label, required=required, widget=widget)


class VersionForm(forms.Form):
    """A version as it is written; empty sections are left out."""

    title = forms.CharField(label=_("Title"), max_length=120)
    effective_from = _day(_("In force from"), required=True)
    effective_until = _day(_("In force until"), required=False)
    holder = forms.ModelChoiceField(label=_("Holder"), queryset=User.objects.none())
    note = forms.CharField(label=_("What changed"), max_length=300, required=False)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MAX_SECTIONS)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("PDF, Word, Excel, PowerPoint or a photo, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": PAPERS}),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        kind: DocumentKind,
        user: User,
        version: DocumentVersion | None = None,
        more: bool = False,
    ) -> None:
        self.kind, self._user, self._version = kind, user, version
        self.kept_file = file_of(version) if version else None
        held = _sections_of(version, kind)
        count = _rows(data, len(held) + EMPTY_ROWS) + (EMPTY_ROWS if more else 0)
        count = min(count, MAX_SECTIONS)
        if more:
            data = data.copy()
            data["rows"] = str(count)
        super().__init__(data, files, initial=self._initial(held, count))
        self._add_rows(count)
        roles = [role.key for role in ROLES.values() if kind.edit_permission in role.may]
        people = User.objects.filter(is_active=True, role__in=roles) | User.objects.filter(
            pk=self.initial["holder"]
        )
        self.fields["holder"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        if self.kept_file is not None:
            self.fields["drop_file"] = forms.BooleanField(
                label=_("Remove the file"), required=False
            )
        if kind.subject_kind and version is None:
            self.fields["subject_id"] = forms.TypedChoiceField(
                label=_("About"), coerce=int, choices=lambda: subjects_for(kind, user)
            )
            self.order_fields(["title", "subject_id"])

    def _initial(self, held: list[tuple[str, str]], count: int) -> dict[str, Any]:
        found: dict[str, Any] = {"rows": count}
        for number, (title, text) in enumerate(held, start=1):
            found |= {f"s{number}-title": title, f"s{number}-text": text}
        version = self._version
        if version is None:
            return found | {"holder": self._user.pk, "effective_from": timezone.localdate()}
        return found | {
            "title": version.title,
            "holder": version.document.holder_id,
            "effective_from": version.effective_from,
            "effective_until": version.effective_until,
            "note": "" if version.is_approved else version.note,
        }

    def _add_rows(self, count: int) -> None:
        self._count = count
        for number in range(1, count + 1):
            self.fields[f"s{number}-title"] = forms.CharField(
                label=_("Section %(number)s") % {"number": number}, max_length=120, required=False
            )
            self.fields[f"s{number}-text"] = forms.CharField(
                label=_("Text of section %(number)s") % {"number": number},
                max_length=MAX_TEXT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def head(self) -> list[BoundField]:
        """Return the fields above the sections."""
        names = ("title", "subject_id", "effective_from", "effective_until", "holder", "note")
        return [self[name] for name in names if name in self.fields]

    def sections(self) -> list[tuple[BoundField, BoundField]]:
        """Return title and text of each section."""
        numbers = range(1, self._count + 1)
        return [(self[f"s{number}-title"], self[f"s{number}-text"]) for number in numbers]

    def tail(self) -> list[BoundField]:
        """Return the fields below the sections."""
        return [self[name] for name in ("file", "drop_file") if name in self.fields]

    def clean_file(self) -> Taken | None:
        """Return the file as it is kept; refuse what it may not be."""
        upload = self.cleaned_data["file"]
        return take_paper(upload, limit=MAX_FILE) if upload else None

    def clean_subject_id(self) -> int:
        """Refuse a record that is not among those one may see."""
        number = int(self.cleaned_data["subject_id"])
        if resolve(self.kind.subject_kind, number, self._user) is None:
            raise forms.ValidationError(_("There is no such record among those you can see."))
        return number

    def draft(self) -> Draft:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Draft(
            title=data["title"],
            sections=tuple(
                {"title": data[f"s{number}-title"], "text": data[f"s{number}-text"]}
                for number in range(1, self._count + 1)
            ),
            effective_from=data["effective_from"],
            effective_until=data["effective_until"],
            note=data["note"],
            file=data["file"],
            drop_file=bool(data.get("drop_file")),
            holder=data["holder"],
        )


def subjects_for(kind: DocumentKind, user: User) -> list[tuple[int, str]]:
    """Return what a document of ``kind`` can be about, as far as ``user`` sees it."""
    what = subject(kind.subject_kind)
    return [(row.pk, what.title(row)) for row in what.visible_to(user)[:MAX_CHOICES]]


def _sections_of(version: DocumentVersion | None, kind: DocumentKind) -> list[tuple[str, str]]:
    if version is None:
        return [(str(title), "") for title in kind.sections]
    return [(one["title"], one["text"]) for one in version.sections]


def _rows(data: Any, standing: int) -> int:
    """Return how many sections the form has: those posted, or those it is opened with."""
    posted = str(data.get("rows", "")) if data is not None else ""
    return int(posted) if posted.isascii() and posted.isdecimal() and len(posted) < 4 else standing
