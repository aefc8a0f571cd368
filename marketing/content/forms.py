"""The forms of adverts and assets."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.files import PAPERS, take_paper
from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of
from customers.models import Project
from marketing.campaigns.hooks import segments_for
from marketing.campaigns.models import Campaign
from marketing.content import choices
from marketing.content.models import Advert, AdvertVersion, Asset, Message
from marketing.content.rules.adverts import ClaimKind
from marketing.content.services.quoting import CLAIM_OF, company_words, proven_points
from marketing.content.services.wording import ClaimDraft, Wording
from marketing.planning.rules.points import squeezed

MEGABYTE: Final = 1 << 20
LIMIT: Final = 10 * MEGABYTE
CLAIMS: Final = 6
LONGEST_PROOF: Final = 300  # as a claim keeps it
NOBODY: Final = [("", "--")]


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def moment_field(label: Any) -> forms.DateTimeField:
    """Return a field for a day with its time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def long_field(label: Any, *, limit: int, rows: int = 4, **more: Any) -> forms.CharField:
    """Return a field for several lines."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, widget=area, **more)


def project_field(*, required: bool = False) -> forms.ModelChoiceField:
    """Return a field for a project; the form offers those of the person."""
    empty = None if required else _("The whole region")
    return forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.none(),
        required=required,
        empty_label=empty,
    )


def person_field(label: Any) -> forms.ModelChoiceField:
    """Return a field for a colleague; the form offers those of the person."""
    return forms.ModelChoiceField(label=label, queryset=User.objects.none())


def asset_field() -> forms.ModelChoiceField:
    """Return a field for an asset; the form offers those of the person."""
    return forms.ModelChoiceField(
        label=pgettext_lazy("content", "Asset"), queryset=Asset.objects.none(), required=False
    )


class ContentForm(forms.Form):
    """A form whose project, people and assets are those its person sees."""

    def __init__(self, *args: Any, user: User, row: Any = None, **kwargs: Any) -> None:
        if row is not None and "initial" not in kwargs:
            kwargs["initial"] = {name: _held(row, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.user, self.row = user, row
        self._offer("project", Project.objects.visible_to(user).order_by("code"))
        assets = Asset.objects.visible_to(user)
        held: Any = getattr(row, "asset_id", None)
        standing = assets.filter(retired_at=None) | assets.filter(pk=held)
        self._offer("asset", standing.order_by("-pk"))
        for name in ("owner", "host", "admin"):
            self._offer(name, colleagues_of(user, also=getattr(row, f"{name}_id", None)))
            if row is None and name in self.fields:
                self.fields[name].initial = user.pk

    def _offer(self, name: str, rows: Any) -> None:
        if name in self.fields:
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


def _held(row: Any, name: str) -> Any:
    return getattr(row, f"{name}_id", None) or getattr(row, name, None)


class AdvertForm(ContentForm):
    """What is planned of an advert."""

    title = forms.CharField(label=_("Title"), max_length=120)
    project = project_field()
    medium = forms.ChoiceField(label=pgettext_lazy("publicity", "Medium"), choices=choices.MEDIA)
    campaign_code = forms.ChoiceField(label=_("Campaign"), required=False)
    owner = person_field(_("Responsible"))
    plan = long_field(_("What it is for, for whom, when and where"), limit=2000)

    def __init__(
        self, *args: Any, user: User, row: Advert | None = None, campaign: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, user=user, row=row, **kwargs)
        seen = Campaign.objects.visible_to(user).standing().order_by("-starts_on", "-pk")
        rows = list(seen.values_list("code", "name", "project")[:200])
        found = [(code, name) for code, name, _project in rows]
        for code, _name, project in rows:
            if code == campaign:
                self.initial.update(campaign_code=code, project=project)
        held = row.campaign_code if row else ""
        if held and held not in dict(found):
            found.append((held, held))
        self.fields["campaign_code"].choices = [*NOBODY, *found]  # type: ignore[attr-defined]


class WordingForm(ContentForm):
    """A wording: text, facts, picture, and up to six claims with their proof.

    Selling points of the project can be taken over as claims, words of the company profile into
    the text.
    """

    text = long_field(pgettext_lazy("advert", "Text"), limit=8000, rows=10)
    facts = long_field(_("Facts used, and where they come from"), limit=4000)
    asset = asset_field()

    def __init__(
        self,
        *args: Any,
        user: User,
        advert: Advert,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        row: AdvertVersion | None = advert.version
        super().__init__(*args, user=user, row=row, **kwargs)
        self._points = {str(one.pk): one for one in proven_points(advert)}
        self._words = company_words(now)
        self._add_sources()
        held = list(row.claims.order_by("pk")) if row else []
        for place in range(max(CLAIMS, len(held) + 1)):
            one = held[place] if place < len(held) else None
            self._add_claim(place + 1, one)

    def _add_sources(self) -> None:
        boxes = forms.CheckboxSelectMultiple
        if self._points:
            self.fields["points"] = forms.MultipleChoiceField(
                label=_("Selling points quoted"),
                choices=[(key, one.title) for key, one in self._points.items()],
                widget=boxes,
                required=False,
                help_text=_("Each becomes a claim with the evidence it has in the register."),
            )
        if self._words:
            self.fields["profile"] = forms.MultipleChoiceField(
                label=_("From the company profile"),
                choices=[(str(n), title) for n, (title, _text) in enumerate(self._words)],
                widget=boxes,
                required=False,
                help_text=_("Its words are put at the end of the text as they were approved."),
            )

    def _add_claim(self, n: int, one: Any) -> None:
        self.fields[f"kind_{n}"] = forms.ChoiceField(
            label=_("Claim %(n)s: about") % {"n": n},
            choices=[*NOBODY, *choices.CLAIM_KINDS],
            required=False,
            initial=one.kind if one else "",
        )
        self.fields[f"claim_{n}"] = forms.CharField(
            label=_("Claim %(n)s: as it stands in the text") % {"n": n},
            max_length=200,
            required=False,
            initial=one.text if one else "",
        )
        self.fields[f"evidence_{n}"] = forms.CharField(
            label=_("Claim %(n)s: evidence, address or paper") % {"n": n},
            max_length=300,
            required=False,
            initial=one.evidence if one else "",
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a claim that does not say what it is about."""
        data = super().clean() or {}
        for n in self._numbers():
            if data.get(f"claim_{n}") and not data.get(f"kind_{n}"):
                self.add_error(f"kind_{n}", _("Say what the claim is about."))
        return data

    def _numbers(self) -> list[int]:
        return [int(name[6:]) for name in self.fields if name.startswith("claim_")]

    def wording(self) -> Wording:
        """Return the wording as the service takes it."""
        data = self.cleaned_data
        claims = tuple(
            ClaimDraft(data[f"kind_{n}"], data[f"claim_{n}"], data[f"evidence_{n}"])
            for n in self._numbers()
            if data.get(f"claim_{n}")
        )
        return Wording(
            text=self._with_profile(data["text"]),
            facts=data["facts"],
            asset=data["asset"],
            claims=claims + self._quoted({squeezed(one.text) for one in claims}),
        )

    def _with_profile(self, text: str) -> str:
        chosen = [self._words[int(key)][1] for key in self.cleaned_data.get("profile", [])]
        return "\n".join([text, *(words for words in chosen if words not in text)])

    def _quoted(self, known: set[str]) -> tuple[ClaimDraft, ...]:
        chosen = [self._points[key] for key in self.cleaned_data.get("points", [])]
        return tuple(
            ClaimDraft(
                CLAIM_OF.get(one.values["kind"], ClaimKind.OTHER).value,
                one.title,
                str(one.values["evidence"])[:LONGEST_PROOF],
            )
            for one in chosen
            if squeezed(one.title) not in known
        )


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class OpinionForm(forms.Form):
    """What a reviewer says."""

    text = long_field(_("Your opinion"), limit=500, rows=3)


class EffectForm(forms.Form):
    """What an advert did."""

    effect = long_field(_("What it did, and what is learned from it"), limit=2000)


class AppearanceForm(forms.Form):
    """Where and when an advert appeared, with the proof."""

    published_on = day_field(_("Published on"))
    outlet = forms.CharField(label=_("Paper, place or account"), max_length=120)
    size = forms.CharField(label=_("Size or length"), max_length=60)
    cost = forms.DecimalField(label=_("Cost (yuan)"), max_digits=14, decimal_places=2, min_value=0)
    link = forms.URLField(label=_("Address"), max_length=300, required=False, assume_scheme="https")
    proof = forms.FileField(
        label=_("Proof: the page, a photo or a screenshot"),
        widget=forms.FileInput(attrs={"accept": PAPERS}),
    )

    def clean_proof(self) -> Any:
        """Return the file as it may be kept."""
        return take_paper(self.cleaned_data["proof"], limit=LIMIT)


class AssetForm(ContentForm):
    """An asset of the library."""

    title = forms.CharField(label=_("Title"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices.ASSET_KINDS)
    core_value = forms.ChoiceField(
        label=_("Core value"), choices=[*NOBODY, *choices.CORE_VALUES], required=False
    )
    project = project_field()
    note = forms.CharField(label=_("What it shows"), max_length=300, required=False)
    rights = forms.CharField(label=_("Who holds the rights"), max_length=120)
    taken_on = day_field(_("Taken on"), required=False)
    link = forms.URLField(
        label=_("Address of the film"), max_length=300, required=False, assume_scheme="https"
    )
    file = forms.FileField(
        label=_("Picture or paper"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PAPERS}),
    )

    def __init__(self, *args: Any, user: User, row: Asset | None = None, **kwargs: Any) -> None:
        if row is not None:
            names = [name for name in self.base_fields if name != "file"]
            kwargs["initial"] = {name: _held(row, name) for name in names}
        super().__init__(*args, user=user, row=row, **kwargs)

    def clean_file(self) -> Any:
        """Return the file as it may be kept; None where none was chosen."""
        given = self.cleaned_data["file"]
        return take_paper(given, limit=LIMIT) if given else None


class ContentMessageForm(ContentForm):
    """What is said about a core value, and to whom."""

    core_value = forms.ChoiceField(label=_("Core value"), choices=choices.CORE_VALUES)
    project = project_field()
    segment_id = forms.TypedChoiceField(
        label=_("Segment"), required=False, coerce=int, empty_value=None
    )
    headline = forms.CharField(label=_("Headline"), max_length=80)
    body = long_field(_("Text"), limit=1000)
    asset = asset_field()

    def __init__(self, *args: Any, user: User, row: Message | None = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, row=row, **kwargs)
        found = [(str(key), name) for key, name in segments_for(user)]
        held = str(row.segment_id) if row and row.segment_id is not None else ""
        if held and held not in dict(found):
            found.append((held, held))
        everybody = [("", _("Everybody"))]
        self.fields["segment_id"].choices = [*everybody, *found]  # type: ignore[attr-defined]
