"""What a change of many customers asks for beyond the customers."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import User
from customers import choices
from customers.models import Tag
from customers.services.ownership import assignable_to
from customers.tag_forms import manual_tags

LABELS: dict[str, str | Promise] = {
    "add_tag": _("Add a tag"),
    "remove_tag": _("Take a tag off"),
    "assign": _("Assign"),
    "to_pool": _("Return to the pool"),
    "refuse_channel": _("Note a refused channel"),
}


class TagForm(forms.Form):
    """Which tag."""

    tag = forms.ModelChoiceField(queryset=Tag.objects.none(), label=_("Tag"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = manual_tags()  # type: ignore[attr-defined]

    def params(self) -> dict[str, Any]:
        """Return the answers as the change keeps them."""
        return {"tag": self.cleaned_data["tag"].pk}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def params(self) -> dict[str, Any]:
        """Return the answers as the change keeps them."""
        return {"reason": self.cleaned_data["reason"].strip()}


class OwnerForm(ReasonForm):
    """To whom, and why."""

    owner = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Consultant"))
    field_order = ["owner", "reason"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["owner"].queryset = assignable_to(user)  # type: ignore[attr-defined]

    def params(self) -> dict[str, Any]:
        """Return the answers as the change keeps them."""
        return super().params() | {"owner": self.cleaned_data["owner"].pk}


class ChannelForm(forms.Form):
    """Over what they want nothing."""

    channel = forms.ChoiceField(choices=choices.CONTACT_CHANNELS, label=_("Channel"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def params(self) -> dict[str, Any]:
        """Return the answers as the change keeps them."""
        return {"channel": self.cleaned_data["channel"]}


FORMS: dict[str, Any] = {
    "add_tag": TagForm,
    "remove_tag": TagForm,
    "assign": OwnerForm,
    "to_pool": ReasonForm,
    "refuse_channel": ChannelForm,
}
