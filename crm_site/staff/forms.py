"""Shapes of what is typed about accounts and places."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.choices import ROLE_LABELS
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import PARENT_KIND, NodeKind
from crm_site.staff.rules.passwords import LONGEST
from crm_site.staff.services import may_assign


class CodeForm(forms.Form):
    """Six digits from an authenticator."""

    code = forms.CharField(
        label=_("Code"),
        max_length=6,
        validators=[RegexValidator(r"\A[0-9]{6}\Z", _("A code has six digits."))],
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class PasswordForm(forms.Form):
    """One's own password once more."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class NodeChoice(forms.ModelChoiceField):
    """A place, shown with the places above it."""

    def label_from_instance(self, obj: OrgNode) -> str:  # type: ignore[override]
        above = [part.name for part in (obj.region, obj.project) if part and part.pk != obj.pk]
        return " / ".join([*above, obj.name])


def places() -> Any:
    """Return every place with the names of those above it."""
    return OrgNode.objects.select_related("region", "project").order_by("code")


class UserForm(forms.ModelForm):
    """A new account; roles are those the author may give."""

    node = NodeChoice(queryset=OrgNode.objects.none(), label=_("Place of work"))
    role = forms.ChoiceField(label=_("Role"))

    class Meta:
        model = User
        fields = ["username", "name", "employee_no", "role", "node"]
        labels = {"username": _("User name")}

    def __init__(self, *args: Any, author: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = places()  # type: ignore[attr-defined]
        self.fields["role"].choices = assignable(author)  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """Another role for an account, with the reason."""

    role = forms.ChoiceField(label=_("Role"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, author: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = assignable(author)  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """Another place of work."""

    node = NodeChoice(queryset=OrgNode.objects.none(), label=_("Place of work"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = places()  # type: ignore[attr-defined]


class NodeForm(forms.ModelForm):
    """A new place below an existing one; its level follows from the parent."""

    parent = NodeChoice(queryset=OrgNode.objects.none(), label=_("Belongs to"), empty_label=None)

    class Meta:
        model = OrgNode
        fields = ["parent", "code", "name"]
        labels = {"code": pgettext_lazy("place", "Code"), "name": pgettext_lazy("place", "Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = places().exclude(kind=NodeKind.TEAM)
        self.fields["parent"].queryset = above  # type: ignore[attr-defined]
        if not above.exists():  # the first place is the head office
            del self.fields["parent"]

    @property
    def level(self) -> str:
        """The level below the chosen parent; the head office where there is none yet."""
        parent = self.cleaned_data.get("parent")
        if parent is None:
            return NodeKind.HEAD_OFFICE.value
        return next(kind.value for kind, above in PARENT_KIND.items() if above == parent.kind)


def assignable(author: User) -> list[tuple[str, Any]]:
    """Return the roles ``author`` may give, in the order of the role table."""
    return [(key, label) for key, label in ROLE_LABELS.items() if may_assign(author, key)]
