"""The forms of channels, codes, partners, commission and new media."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of
from customers.models import Project
from customers.search import asked_phone
from customers.vocabulary import options
from marketing.campaigns.forms import day_field, long_field
from marketing.campaigns.models import Campaign
from marketing.channels import choices
from marketing.channels.models import Channel, MediaAccount, Partner, PartnerStaff
from marketing.channels.rules.kinds import BY_PARTNERS, MOVES, PartnerState
from marketing.channels.services.partners import PARTNER_ROLE, Breach

AGENT_TYPES = [one.value for one in BY_PARTNERS]


def offer(form: forms.Form, name: str, rows: Any) -> None:
    """Let a field choose among ``rows``."""
    form.fields[name].queryset = rows  # type: ignore[attr-defined]


class ChannelForm(forms.Form):
    """A channel: the source of leads it is, its one type, who is responsible."""

    code = forms.ChoiceField(label=_("Source of leads"))
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=80)
    type = forms.ChoiceField(label=_("Type"), choices=choices.CHANNEL_TYPES)
    subtype = forms.ChoiceField(label=_("Kind"), choices=choices.SUBTYPES)
    owner = forms.ModelChoiceField(
        label=_("Responsible"), queryset=User.objects.none(), required=False
    )
    strategy = long_field(_("Strategy"), limit=2000, required=False)
    resources = long_field(_("Resources"), limit=1000, required=False)
    is_paid = forms.BooleanField(label=_("Costs money"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self, *args: Any, user: User, channel: Channel | None = None, **kwargs: Any
    ) -> None:
        if channel is not None:
            kwargs["initial"] = {name: getattr(channel, name) for name in self.base_fields}
            kwargs["initial"]["owner"] = channel.owner_id
        super().__init__(*args, **kwargs)
        offer(self, "owner", colleagues_of(user, also=channel.owner_id if channel else None))
        if channel is not None:
            del self.fields["code"]
            return
        taken = set(Channel.objects.values_list("code", flat=True))
        free = [(code, label) for code, label in options("source") if code not in taken]
        self.fields["code"].choices = free  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """A code for an advert, a stand or a partner."""

    label = forms.CharField(label=_("Where it stands"), max_length=80)
    channel = forms.ModelChoiceField(label=_("Channel"), queryset=Channel.objects.none())
    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False
    )
    partner = forms.ModelChoiceField(
        label=_("Partner"), queryset=Partner.objects.none(), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", Channel.objects.filter(is_active=True).order_by("name"))
        offer(self, "project", Project.objects.visible_to(user).order_by("code"))
        offer(self, "campaign", Campaign.objects.visible_to(user).order_by("-starts_on"))
        offer(self, "partner", Partner.objects.visible_to(user).order_by("name"))

    def clean(self) -> dict[str, Any]:
        """Refuse a partner who works through another channel."""
        data = super().clean() or {}
        partner, channel = data.get("partner"), data.get("channel")
        if partner is not None and channel is not None and partner.channel_id != channel.pk:
            self.add_error("partner", _("This partner works through another channel."))
        return data


class PartnerForm(forms.Form):
    """A partner with contract, territory and licence."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=80)
    channel = forms.ModelChoiceField(label=_("Channel"), queryset=Channel.objects.none())
    contract_no = forms.CharField(label=_("Contract number"), max_length=60, required=False)
    contract_document = forms.CharField(
        label=_("Contract document"),
        max_length=80,
        required=False,
        help_text=_("Number of the document."),
    )
    starts_on = day_field(_("Contract from"), required=False)
    ends_on = day_field(_("Contract until"), required=False)
    territory = forms.ModelMultipleChoiceField(
        label=_("Territory"), queryset=Project.objects.none(), required=False
    )
    is_everywhere = forms.BooleanField(label=_("All projects"), required=False)
    licence_no = forms.CharField(label=_("Licence"), max_length=60, required=False)
    licence_until = day_field(_("Licence until"), required=False)
    contact_name = forms.CharField(
        label=pgettext_lazy("partner", "Contact"), max_length=40, required=False
    )
    contact_phone = forms.CharField(label=_("Phone of the contact"), max_length=40, required=False)
    owner = forms.ModelChoiceField(
        label=_("Responsible"), queryset=User.objects.none(), required=False
    )
    note = long_field(_("Note"), limit=2000, required=False)

    def __init__(
        self, *args: Any, user: User, partner: Partner | None = None, **kwargs: Any
    ) -> None:
        if partner is not None:
            kwargs["initial"] = {name: getattr(partner, name) for name in self.base_fields}
            kwargs["initial"]["territory"] = [row.pk for row in partner.territory.all()]
            for name in ("channel", "owner"):
                kwargs["initial"][name] = getattr(partner, f"{name}_id")
        super().__init__(*args, **kwargs)
        agents = Channel.objects.filter(type__in=AGENT_TYPES).order_by("name")
        offer(self, "channel", agents)
        offer(self, "territory", Project.objects.visible_to(user).order_by("code"))
        offer(self, "owner", colleagues_of(user, also=partner.owner_id if partner else None))

    def clean_contact_phone(self) -> str | None:
        """Return the number, None for none; refuse what cannot be called."""
        typed = self.cleaned_data["contact_phone"]
        number = asked_phone(typed) if typed else None
        if typed and number is None:
            raise forms.ValidationError(
                _("Phone: enter 11 digits, or the area code and the number.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        """Refuse a contract that ends before it begins, and a partner without any territory."""
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The contract ends before it begins."))
        if not data.get("territory") and not data.get("is_everywhere"):
            self.add_error("territory", _("Choose the projects, or all of them."))
        return data


class MoveForm(forms.Form):
    """Where the co-operation goes on to, and why."""

    to = forms.ChoiceField(label=_("New state"))
    note = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(choices.PARTNER_STATES)
        open_ways = MOVES[PartnerState(partner.state)]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (one.value, words[one.value]) for one in open_ways
        ]


class BreachForm(forms.Form):
    """A breach of the rules of conduct."""

    kind = forms.ChoiceField(label=_("Breach"), choices=choices.BREACHES)
    on = day_field(_("Day"))
    staff = forms.ModelChoiceField(
        label=_("Person"), queryset=PartnerStaff.objects.none(), required=False
    )
    note = long_field(_("What happened"), limit=500)
    penalty = forms.DecimalField(
        label=_("Penalty (yuan)"),
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
    )
    is_complaint = forms.BooleanField(label=_("A customer complained"), required=False)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "staff", partner.staff.order_by("name"))

    def breach(self, key: str) -> Breach:
        """Return the breach as the service takes it."""
        return Breach(key=key, **self.cleaned_data)


class StaffForm(forms.Form):
    """A person on the staff list of a partner."""

    name = forms.CharField(label=_("Name"), max_length=40)
    licence_no = forms.CharField(label=_("Licence"), max_length=60, required=False)
    trained_on = day_field(_("Trained in the rules on"), required=False)
    joined_on = day_field(_("Since"), required=False)
    left_on = day_field(_("Left on"), required=False)


class PortalForm(forms.Form):
    """Which account registers leads for the partner."""

    user = forms.ModelChoiceField(label=_("Account"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = User.objects.filter(role=PARTNER_ROLE, is_active=True)
        offer(self, "user", rows.order_by("name", "pk"))


class PayForm(forms.Form):
    """A payment of commission that was made."""

    amount = forms.DecimalField(
        label=_("Amount (yuan)"), max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    reference = forms.CharField(label=_("Number of the payment"), max_length=60)


class RegisterForm(forms.Form):
    """A lead as a partner registers it."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    name = forms.CharField(label=_("Name of the customer"), max_length=80)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    metres = forms.IntegerField(
        label=_("Addressed at a distance from the site of (m)"),
        min_value=0,
        max_value=1_000_000,
        required=False,
    )
    enquiry = long_field(_("What the customer is looking for"), limit=500, required=False)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.objects.order_by("code")
        offer(self, "project", rows if partner.is_everywhere else rows.filter(partners=partner))

    def clean_phone(self) -> str:
        """Return the number; refuse what cannot be called."""
        typed: str = self.cleaned_data["phone"]
        if asked_phone(typed) is None:
            raise forms.ValidationError(
                _("Phone: enter 11 digits, or the area code and the number.")
            )
        return typed


class AccountForm(forms.Form):
    """An account in new media."""

    platform = forms.ChoiceField(label=_("Platform"), choices=choices.PLATFORM_WORDS)
    handle = forms.CharField(label=_("Account"), max_length=80)
    channel = forms.ModelChoiceField(label=_("Channel"), queryset=Channel.objects.none())
    project = forms.ModelChoiceField(
        label=_("Project"), queryset=Project.objects.none(), required=False
    )
    owner = forms.ModelChoiceField(
        label=_("Responsible"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", Channel.objects.filter(is_active=True).order_by("name"))
        offer(self, "project", Project.objects.visible_to(user).order_by("code"))
        offer(self, "owner", colleagues_of(user))

    def clean(self) -> dict[str, Any]:
        """Refuse an account that exists."""
        data: Mapping[str, Any] = super().clean() or {}
        same = MediaAccount.objects.filter(platform=data.get("platform"), handle=data.get("handle"))
        if same.exists():
            self.add_error("handle", _("This account is entered already."))
        return dict(data)


class PostForm(forms.Form):
    """A post of an account with what it brought so far."""

    title = forms.CharField(label=_("Title"), max_length=120)
    url = forms.URLField(label=_("Address"), max_length=300, required=False, assume_scheme="https")
    on = day_field(_("Day"))
    reach = forms.IntegerField(label=_("Reach"), min_value=0, max_value=10**12, initial=0)
    interactions = forms.IntegerField(
        label=_("Interactions"), min_value=0, max_value=10**12, initial=0
    )
    leads = forms.IntegerField(label=_("Leads"), min_value=0, max_value=10**7, initial=0)
