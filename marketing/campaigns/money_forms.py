"""The forms of budgets, cost and marketing plans."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of
from customers.models import Project
from marketing.campaigns import choices
from marketing.campaigns.forms import MONEY, channel_field, day_field, long_field, offer_channels
from marketing.campaigns.models import BudgetNode, Campaign, CostItem, Placement
from marketing.campaigns.rules.procedure import NEEDED, PlanningState, next_by_hand
from marketing.campaigns.rules.states import BudgetKind, CampaignState
from marketing.campaigns.services.costs import Charge, CostDraft

ABOVE_NOTHING: dict[str, Any] = MONEY | {"min_value": Decimal("0.01")}


class CompanyBudgetForm(forms.Form):
    """The budget of the company for a year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = forms.DecimalField(label=_("Amount (yuan)"), **MONEY)


class ProjectBudgetForm(forms.Form):
    """The budget of a project, below that of the company."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    amount = forms.DecimalField(label=_("Amount (yuan)"), **MONEY)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.objects.visible_to(user).order_by("code")
        self.fields["project"].queryset = rows  # type: ignore[attr-defined]


class ChannelBudgetForm(forms.Form):
    """The budget of a channel, below that of a campaign."""

    channel_code = channel_field(required=True)
    amount = forms.DecimalField(label=_("Amount (yuan)"), **MONEY)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_channels(self)


class BudgetChangeForm(forms.Form):
    """Another amount, and why; ``was`` is the amount the page showed."""

    was = forms.DecimalField(widget=forms.HiddenInput, **MONEY)
    amount = forms.DecimalField(label=_("Amount (yuan)"), **MONEY)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class MoveForm(forms.Form):
    """How much is to move from where to where, and why."""

    source = forms.ModelChoiceField(
        label=pgettext_lazy("budget move", "From"), queryset=BudgetNode.objects.none()
    )
    target = forms.ModelChoiceField(
        label=pgettext_lazy("budget move", "To"), queryset=BudgetNode.objects.none()
    )
    amount = forms.DecimalField(label=_("Amount (yuan)"), **ABOVE_NOTHING)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, user: User, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = BudgetNode.objects.visible_to(user).filter(year=year)
        rows = rows.select_related("project", "campaign").order_by("project", "campaign", "pk")
        for name in ("source", "target"):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


class CostPlaceForm(forms.Form):
    """Where cost is charged."""

    project = forms.ModelChoiceField(
        label=_("Project"), queryset=Project.objects.none(), required=False
    )
    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False
    )
    placement = forms.ModelChoiceField(
        label=_("Publicity"), queryset=Placement.objects.none(), required=False
    )
    channel_code = channel_field()

    def __init__(self, *args: Any, user: User, cost: CostItem | None = None, **kwargs: Any) -> None:
        if cost is not None:
            names = ("project", "campaign", "placement")
            kwargs["initial"] = {name: getattr(cost, f"{name}_id") for name in names}
            kwargs["initial"]["channel_code"] = cost.channel_code
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.visible_to(user).exclude(state=CampaignState.DRAFT.value)
        offered = {
            "project": Project.objects.visible_to(user).order_by("code"),
            "campaign": campaigns.order_by("-starts_on", "-pk"),
            "placement": Placement.objects.filter(campaign__in=campaigns.order_by().values("pk"))
            .select_related("campaign")
            .order_by("campaign", "starts_on"),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        offer_channels(self, also=cost.channel_code if cost else "")

    def charge(self) -> Charge:
        """Return where it is charged."""
        names = ("project", "campaign", "placement", "channel_code")
        return Charge(**{name: self.cleaned_data[name] for name in names})


class CostAskForm(CostPlaceForm):
    """An item of cost that is requested."""

    field_order = ("on", "amount", "note", "item", "kind", "payee")

    on = day_field(_("Day"))
    amount = forms.DecimalField(label=_("Amount (yuan)"), **ABOVE_NOTHING)
    note = forms.CharField(label=_("For what"), max_length=300)
    item = forms.ChoiceField(label=pgettext_lazy("cost", "Item"), choices=choices.COST_ITEMS)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices.COST_KINDS)
    payee = forms.CharField(label=_("Paid to"), max_length=120, required=False)

    def draft(self) -> CostDraft:
        """Return what was typed."""
        names = ("on", "amount", "note", "item", "kind", "payee")
        return CostDraft(**{n: self.cleaned_data[n] for n in names}, charge=self.charge())


class AllocateForm(CostPlaceForm):
    """Where an item is charged from now on, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class PayForm(forms.Form):
    """When an item was paid, by which voucher."""

    paid_on = day_field(pgettext_lazy("cost", "Paid on"))
    reference = forms.CharField(label=_("Voucher number"), max_length=60)


class BriefForm(forms.Form):
    """The brief of a marketing plan."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    phase = forms.ChoiceField(label=_("Sales phase"), choices=choices.PHASES)
    owner = forms.ModelChoiceField(label=_("Responsible"), queryset=User.objects.none())
    brief = long_field(_("Brief"), limit=4000, rows=6)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = Project.objects.visible_to(user).order_by("code")
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["owner"].queryset = colleagues_of(user)  # type: ignore[attr-defined]
        self.fields["owner"].initial = user.pk


STEP_WORDS = {
    PlanningState.PROPOSAL: _("Proposal: groups, message, channels, budget, timetable"),
    PlanningState.REVIEW: _("Result of the review: who discussed it, what was decided"),
    PlanningState.HANDED_OUT: _("Handed out to whom"),
    PlanningState.REVIEWED: _("Review after the phase: what was reached, what was learnt"),
}


class StepForm(forms.Form):
    """What takes a plan to its next step; without a field where the step asks for nothing."""

    words = long_field("", limit=8000, rows=5)

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = next_by_hand(PlanningState(state))
        if target is not None and target in NEEDED:
            self.fields["words"].label = str(STEP_WORDS[target])
        else:
            del self.fields["words"]


FORMS_OF_KIND: dict[BudgetKind, type[forms.Form]] = {
    BudgetKind.COMPANY: CompanyBudgetForm,
    BudgetKind.PROJECT: ProjectBudgetForm,
    BudgetKind.CHANNEL: ChannelBudgetForm,
}
