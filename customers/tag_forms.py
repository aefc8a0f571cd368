"""What people type into the tag dictionary, and which tags they put on a customer."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import User
from customers.filters import visible_owners
from customers.models import Customer, Tag
from customers.services.tags import rule_from, rule_query


class RuleField(forms.CharField):
    """The filters of a rule as a query string of the customer list."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Return the rule; names that are no filters are left out."""
        return rule_from(QueryDict(value or ""))

    def prepare_value(self, value: Any) -> Any:
        """Return the query string of a rule."""
        return rule_query(value).urlencode() if isinstance(value, dict) else value


class TagForm(forms.ModelForm):  # type: ignore[type-arg]
    """A word of the dictionary, its group and who looks after it."""

    rule = RuleField(required=False, max_length=2000)

    class Meta:
        model = Tag
        fields = ["name", "group", "owner", "rule"]

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = visible_owners(request) | User.objects.filter(pk=request.user.pk)
        if self.instance.pk:
            people = people | User.objects.filter(pk=self.instance.owner_id)
        self.fields["owner"].queryset = people.distinct()  # type: ignore[attr-defined]


class RetireForm(forms.Form):
    """Which tag takes the place of the one that goes."""

    replacement = forms.ModelChoiceField(
        queryset=Tag.objects.none(), label=_("Replacement"), required=False
    )

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Tag.objects.filter(is_active=True).exclude(pk=tag.pk)
        self.fields["replacement"].queryset = others  # type: ignore[attr-defined]


class PutTagForm(forms.Form):
    """A tag that the customer does not have yet."""

    tag = forms.ModelChoiceField(queryset=Tag.objects.none(), label=_("Tag"))

    def __init__(self, *args: Any, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = manual_tags()
        if customer is not None:
            offered = offered.exclude(rows__in=customer.tag_rows.all())
        self.fields["tag"].queryset = offered  # type: ignore[attr-defined]


def manual_tags() -> Any:
    """Return the tags in use that people put on customers by hand."""
    return Tag.objects.filter(is_active=True, rule={})
