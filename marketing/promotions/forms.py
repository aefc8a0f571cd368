"""What people type about promotions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, Project
from customers.property.models import Building
from customers.purchase.models import Purchase
from marketing.promotions.hooks import segments_for
from marketing.promotions.models import Coupon, CouponIssue, GroupPurchase, Promotion

MOMENT = {"type": "datetime-local"}
LONG = {"rows": 3}


def moment() -> forms.DateTimeInput:
    """Return the widget of a day with its time."""
    return forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M")


class UnitChoice(forms.ModelChoiceField):
    """A deal by its unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the unit with its project."""
        return f"{obj.project} · {obj.unit}"


class PromotionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A promotion and its design sheet."""

    class Meta:
        model = Promotion
        fields = [
            "name",
            "code",
            "kind",
            "project",
            "buildings",
            "campaign_code",
            "starts_at",
            "ends_at",
            "benefit",
            "value",
            "gift",
            "stock",
            "stacking",
            "expected_cost",
            "rules",
            "market",
            "need",
            "goal",
            "goal_deals",
        ]
        widgets = {
            "starts_at": moment(),
            "ends_at": moment(),
            "rules": forms.Textarea(attrs=LONG),
            "market": forms.Textarea(attrs=LONG),
            "need": forms.Textarea(attrs=LONG),
            "goal": forms.Textarea(attrs=LONG),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = Project.objects.visible_to(user)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        buildings = Building.objects.filter(project__in=projects.order_by().values("pk"))
        self.fields["buildings"].queryset = buildings.select_related("project")  # type: ignore[attr-defined]
        self.fields["value"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start and a benefit without its value or gift."""
        data = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The end lies after the start."))
        benefit, value = data.get("benefit"), data.get("value") or 0
        data["value"] = value
        if benefit == "gift" and not (data.get("gift") or "").strip():
            self.add_error("gift", _("Say what is given."))
        if benefit in ("percent", "amount") and value <= 0:
            self.add_error("value", _("Enter a value above 0."))
        if benefit == "percent" and value >= 100:
            self.add_error("value", _("Enter less than 100 percent."))
        return data


class StopForm(forms.Form):
    """Why a promotion is stopped."""

    reason = forms.CharField(
        label=_("Why it is stopped"), max_length=300, widget=forms.Textarea(attrs=LONG)
    )


class FindingsForm(forms.Form):
    """What is to be learned from a promotion."""

    findings = forms.CharField(
        label=_("Findings"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new group."""

    class Meta:
        model = GroupPurchase
        fields = ["name", "promotion", "min_size", "deadline"]
        widgets = {"deadline": moment()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Promotion.objects.visible_to(user).filter(kind="group", state="approved")
        self.fields["promotion"].queryset = rows  # type: ignore[attr-defined]
        self.fields["min_size"].min_value = 2  # type: ignore[attr-defined]

    def clean_min_size(self) -> int:
        """Refuse a group of one."""
        size: int = self.cleaned_data["min_size"]
        if size < 2:
            raise forms.ValidationError(_("A group has at least two households."))
        return size


class RefundForm(forms.Form):
    """How the money went back."""

    note = forms.CharField(label=_("Number or way of the payment"), max_length=200)


class IssueForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new issue of coupons."""

    class Meta:
        model = CouponIssue
        fields = [
            "name",
            "kind",
            "project",
            "campaign_code",
            "value",
            "gift",
            "min_total",
            "conditions",
            "valid_from",
            "valid_until",
        ]
        widgets = {
            "valid_from": moment(),
            "valid_until": moment(),
            "conditions": forms.Textarea(attrs=LONG),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a coupon without a value, a voucher without a gift and an end before the start."""
        data = super().clean() or {}
        starts, ends = data.get("valid_from"), data.get("valid_until")
        if starts and ends and ends <= starts:
            self.add_error("valid_until", _("The end lies after the start."))
        if data.get("kind") == "coupon" and (data.get("value") or 0) <= 0:
            self.add_error("value", _("Enter a value above 0."))
        if data.get("kind") == "voucher" and not (data.get("gift") or "").strip():
            self.add_error("gift", _("Say what is given."))
        return data


class HandOutForm(forms.Form):
    """To whom coupons go: a segment, or one person by their number."""

    segment = forms.ChoiceField(label=_("Segment"), required=False)
    customer = forms.IntegerField(
        label=_("Customer number"),
        required=False,
        min_value=1,
        max_value=2**62,
        help_text=_("The number at the end of the address of the record."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        choices = [("", "--"), *((str(key), name) for key, name in segments_for(user))]
        self.fields["segment"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse both and neither, and a customer out of sight like one that does not exist."""
        data = super().clean() or {}
        if bool(data.get("segment")) == bool(data.get("customer")):
            raise forms.ValidationError(_("Choose a segment or write one customer's number."))
        if data.get("customer"):
            seen = Customer.objects.visible_to(self._user)
            if not seen.filter(pk=data["customer"]).exists():
                self.add_error("customer", _("There is no such customer."))
        return data


class ApplyForm(forms.Form):
    """Which promotions are used for which unit of a customer."""

    deal = UnitChoice(label=_("Unit"), queryset=Purchase.objects.none())
    promotions = forms.ModelMultipleChoiceField(
        label=_("Promotions"),
        queryset=Promotion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, deals: Any, offers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deal"].queryset = deals  # type: ignore[attr-defined]
        self.fields["promotions"].queryset = offers  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """Which group a household joins for which unit, and what it pays in."""

    group = forms.ModelChoiceField(
        label=pgettext_lazy("purchase", "Group"), queryset=GroupPurchase.objects.none()
    )
    deal = UnitChoice(label=_("Unit"), queryset=Purchase.objects.none())
    paid = forms.DecimalField(
        label=_("Paid in (yuan)"), max_digits=14, decimal_places=2, min_value=0, initial=0
    )

    def __init__(self, *args: Any, deals: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deal"].queryset = deals  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class RedeemForm(forms.Form):
    """Which coupon is used for which deal of a customer."""

    coupon = forms.ModelChoiceField(label=_("Coupon"), queryset=Coupon.objects.none())
    deal = UnitChoice(label=_("Deal"), queryset=Purchase.objects.none())

    def __init__(self, *args: Any, deals: Any, coupons: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deal"].queryset = deals  # type: ignore[attr-defined]
        self.fields["coupon"].queryset = coupons  # type: ignore[attr-defined]
