"""The forms of campaigns and publicity."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of
from customers.models import Project
from customers.vocabulary import options
from marketing.campaigns import choices, hooks
from marketing.campaigns.models import Campaign, CampaignReview, LoopItem, Placement
from marketing.campaigns.services.planning import CampaignDraft, PlacementDraft, mix_text

GOALS: Final = "marketing-goals"  # the register of goals
MONEY: Final[dict[str, Any]] = {"max_digits": 14, "decimal_places": 2, "min_value": 0}


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def long_field(label: Any, *, limit: int, required: bool = True, **more: Any) -> forms.CharField:
    """Return a field for several lines."""
    area = forms.Textarea(attrs={"rows": more.pop("rows", 3)})
    return forms.CharField(label=label, max_length=limit, required=required, widget=area, **more)


def channel_field(*, required: bool = False) -> forms.ChoiceField:
    """Return a field for a channel, one of the sources of leads; the form fills it."""
    return forms.ChoiceField(label=_("Channel"), required=required, choices=[("", "--")])


def offer_channels(form: forms.Form, *, also: str = "") -> None:
    """Let a form choose among the channels in use, and one that stands there already."""
    found = options("source")
    if also and also not in dict(found):
        found = [*found, (also, also)]
    form.fields["channel_code"].choices = [("", "--"), *found]  # type: ignore[attr-defined]


class CampaignForm(forms.Form):
    """What a campaign is: for whom, when, how much, what is expected."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=120)
    code = forms.SlugField(
        label=pgettext_lazy("thing", "Code"),
        max_length=80,
        help_text=_("Leads name the campaign by it. Letters, digits, - and _."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=choices.KINDS)
    project = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label=_("The whole region"),
    )
    phase = forms.ChoiceField(label=_("Sales phase"), choices=choices.PHASES)
    owner = forms.ModelChoiceField(label=_("Responsible"), queryset=User.objects.none())
    starts_on = day_field(_("Starts on"))
    ends_on = day_field(_("Ends on"))
    goal = forms.ModelChoiceField(
        label=_("Goal"), queryset=RegisterEntry.objects.none(), required=False
    )
    segment_id = forms.TypedChoiceField(
        label=_("Segment"), required=False, coerce=int, empty_value=None
    )
    aim = forms.CharField(label=_("What it is to reach"), max_length=300)
    message = long_field(_("What it says"), limit=500, required=False)
    budget = forms.DecimalField(label=_("Budget (yuan)"), initial=0, **MONEY)
    expected_exposure = forms.IntegerField(
        label=_("Expected exposure"), min_value=0, max_value=1_000_000_000_000, initial=0
    )
    expected_leads = forms.IntegerField(
        label=_("Expected leads"), min_value=0, max_value=10_000_000, initial=0
    )
    expected_visits = forms.IntegerField(
        label=_("Expected visits"), min_value=0, max_value=10_000_000, initial=0
    )
    expected_deals = forms.IntegerField(
        label=_("Expected deals"), min_value=0, max_value=10_000_000, initial=0
    )
    is_unplanned = forms.BooleanField(
        label=_("Unplanned: ordered at short notice, not in the plan"), required=False
    )
    ordered_by = forms.CharField(label=_("Ordered by"), max_length=120, required=False)

    def __init__(
        self, *args: Any, user: User, campaign: Campaign | None = None, **kwargs: Any
    ) -> None:
        if campaign is not None:
            kwargs["initial"] = {name: getattr(campaign, name) for name in self.base_fields}
            for name in ("project", "owner", "goal"):
                kwargs["initial"][name] = getattr(campaign, f"{name}_id")
        super().__init__(*args, **kwargs)
        self._offer("project", Project.objects.visible_to(user).order_by("code"))
        owners = colleagues_of(user, also=campaign.owner_id if campaign else None)
        self._offer("owner", owners)
        if campaign is None:
            self.fields["owner"].initial = user.pk
        goals = RegisterEntry.objects.visible_to(user).of(GOALS).open()
        self._offer("goal", goals.order_by("-pk"))
        segments: Any = [(str(key), name) for key, name in hooks.segments_for(user)]
        held = campaign.segment_id if campaign else None
        if held is not None and str(held) not in dict(segments):
            segments.append((str(held), str(held)))
        self.fields["segment_id"].choices = [("", "--"), *segments]  # type: ignore[attr-defined]
        if not segments:
            del self.fields["segment_id"]

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def draft(self) -> CampaignDraft:
        """Return what was typed."""
        return CampaignDraft(**self.cleaned_data)


class MixForm(forms.Form):
    """The share of each channel, in percent; ``was`` is the mix the page showed."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        held = dict(campaign.channels.values_list("channel_code", "share"))
        kwargs["initial"] = {"was": mix_text(held)}
        super().__init__(*args, **kwargs)
        known = dict(options("source"))
        for code, label in (known | {code: known.get(code, code) for code in held}).items():
            self.fields[f"share_{code}"] = forms.DecimalField(
                label=_("%(channel)s (%%)") % {"channel": label},
                max_digits=5,
                decimal_places=2,
                min_value=0,
                max_value=100,
                required=False,
                initial=held.get(code),
            )

    def shares(self) -> dict[str, Decimal]:
        """Return the share of each channel that has one."""
        found = [one for one in self.cleaned_data.items() if one[0].startswith("share_")]
        return {name.removeprefix("share_"): value for name, value in found if value}


class AskForm(forms.Form):
    """Why a campaign goes to approval although the check says no to something."""

    override = forms.CharField(
        label=_("Reason, where the check says no to something"), max_length=300, required=False
    )


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class LoopForm(forms.Form):
    """What went out, came back or was adjusted."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices.LOOP_KINDS)
    text = long_field(pgettext_lazy("information loop", "What"), limit=500)
    at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    answers = forms.ModelChoiceField(
        label=_("In answer to"), queryset=LoopItem.objects.none(), required=False
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = LoopItem.objects.filter(campaign=campaign).exclude(kind="adjustment")
        self.fields["answers"].queryset = rows.order_by("-at")  # type: ignore[attr-defined]

    def item(self) -> LoopItem:
        """Return the item, unsaved."""
        return LoopItem(**self.cleaned_data)


class ReviewForm(forms.Form):
    """The judgement of a campaign that is over."""

    judgement = long_field(_("Judgement"), limit=2000)
    lessons = long_field(_("What is done differently"), limit=2000, required=False)
    has_no_feedback = forms.BooleanField(label=_("No feedback came in"), required=False)

    def judged(self) -> CampaignReview:
        """Return the review, unsaved."""
        return CampaignReview(**self.cleaned_data)


class PlacementForm(forms.Form):
    """A piece of publicity: medium, phase it is written for, content, days."""

    medium = forms.ChoiceField(label=pgettext_lazy("publicity", "Medium"), choices=choices.MEDIA)
    phase = forms.ChoiceField(label=_("Written for the phase"), choices=choices.PHASES)
    title = forms.CharField(label=_("Title"), max_length=120)
    channel_code = channel_field()
    starts_on = day_field(_("Starts on"))
    ends_on = day_field(_("Ends on"))
    planned_cost = forms.DecimalField(label=_("Planned cost (yuan)"), initial=0, **MONEY)
    link = forms.CharField(
        label=_("Link to the content"),
        max_length=300,
        required=False,
        help_text=_("An address that begins with https:// or a page of this system, with /."),
    )
    content = long_field(_("Content"), limit=1000, required=False)

    def __init__(
        self, *args: Any, campaign: Campaign, placement: Placement | None = None, **kwargs: Any
    ) -> None:
        if placement is not None:
            kwargs["initial"] = {name: getattr(placement, name) for name in self.base_fields}
        else:
            given = kwargs.get("initial") or {}
            days = {"starts_on": campaign.starts_on, "ends_on": campaign.ends_on}
            kwargs["initial"] = {"phase": campaign.phase, **days} | given
        super().__init__(*args, **kwargs)
        media: Any = [(label, group) for _key, label, group in choices.MEDIA_GROUPS]
        self.fields["medium"].choices = media  # type: ignore[attr-defined]
        offer_channels(self, also=placement.channel_code if placement else "")

    def clean_link(self) -> str:
        """Refuse addresses that are neither of the web nor of this system."""
        link: str = self.cleaned_data["link"].strip()
        inner = link.startswith("/") and not link.startswith("//")
        if link and not inner and not link.startswith("https://"):
            raise forms.ValidationError(_("Begin the link with https:// or /."))
        return link

    def draft(self) -> PlacementDraft:
        """Return what was typed."""
        return PlacementDraft(**self.cleaned_data)
