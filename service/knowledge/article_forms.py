"""What people type about articles and questions without an answer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.staff.models import User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.rules.roles import ROLES
from service.knowledge import choices
from service.knowledge.article_models import Article, MissingQuestion
from service.knowledge.services.articles import Filing, Writing
from service.tickets.models import TicketCategory

MAX_ANSWER = 20_000
NONE = [("", gettext_lazy("Every stage"))]


def people_who_may(right: str, asker: User, kept: int | None = None) -> QuerySet[User]:
    """Return the active accounts whose role holds ``right``, by name, that ``asker`` may name.

    They are those of the asker's region and of head office; head office names everybody. ``kept``
    is who stands there already.
    """
    roles = [role.key for role in ROLES.values() if right in role.may]
    people = User.objects.filter(is_active=True, role__in=roles).order_by("name", "pk")
    node = asker.node
    if node is None:
        return people.filter(pk__in=[asker.pk, kept])
    if node.region_id is None:
        return people
    near = Q(node__region=node.region_id) | Q(node__kind=NodeKind.HEAD_OFFICE.value)
    return people.filter(near | Q(pk=kept))


def _day(label: Any, *, required: bool) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class FilingForm(forms.Form):
    """Where an article belongs and who may read it."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("Kind of consultation"),
        queryset=TicketCategory.objects.none(),
        required=False,
    )
    audience = forms.ChoiceField(label=gettext_lazy("For whom"), choices=choices.AUDIENCES)
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"), choices=NONE + choices.STAGES, required=False
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=choices.LANGUAGES)
    phrasings = forms.CharField(
        label=gettext_lazy("Other ways to ask"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One in each line, in the words of customers."),
    )

    def __init__(self, *args: Any, article: Article | None = None, **kwargs: Any) -> None:
        if article is not None:
            kwargs["initial"] = {
                name: getattr(article, name)
                for name in ("category", "audience", "stage", "language", "phrasings")
            }
        super().__init__(*args, **kwargs)
        rows = TicketCategory.objects.filter(is_active=True, kind="inquiry")
        self.fields["category"].queryset = rows.order_by("code")  # type: ignore[attr-defined]

    def filing(self) -> Filing:
        """Return the valid form as the service takes it."""
        names = ("category", "audience", "stage", "language", "phrasings")
        return Filing(**{name: self.cleaned_data[name] for name in names})


class ArticleForm(FilingForm):
    """A new article."""

    title = forms.CharField(label=pgettext_lazy("knowledge", "Question"), max_length=120)
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=MAX_ANSWER,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    holder = forms.ModelChoiceField(
        label=pgettext_lazy("article", "Owner"), queryset=User.objects.none()
    )
    effective_from = _day(gettext_lazy("In force from"), required=True)
    effective_until = _day(gettext_lazy("In force until"), required=False)
    field_order = (
        *("title", "answer", "category", "audience", "stage", "language"),
        *("effective_from", "effective_until", "holder", "phrasings"),
    )

    def __init__(self, *args: Any, user: User, question: str = "", **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {"title": question, "holder": user.pk, "effective_from": today}
        super().__init__(*args, **kwargs)
        people = people_who_may("service.write_knowledge", user)
        self.fields["holder"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        data = super().clean() or {}
        first, last = data.get("effective_from"), data.get("effective_until")
        if first and last and last < first:
            raise ValidationError(
                {"effective_until": _("The last day lies before the first. Choose a later one.")}
            )
        return data

    def writing(self) -> Writing:
        """Return the valid form as the service takes it."""
        names = ("title", "answer", "holder", "effective_from", "effective_until")
        return Writing(**{name: self.cleaned_data[name] for name in names}, filing=self.filing())


class CheckForm(forms.Form):
    """Whether a text is still right."""

    is_right = forms.TypedChoiceField(
        label=gettext_lazy("Is the text right?"),
        choices=[("yes", gettext_lazy("Yes, all of it")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What is not right"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask what is not right."""
        data = super().clean() or {}
        if data.get("is_right") is False and not data.get("note", "").strip():
            raise ValidationError({"note": _("Say what is not right, so that it can be changed.")})
        return data


class AssignForm(forms.Form):
    """Who answers a question."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers it"), queryset=User.objects.none()
    )

    def __init__(self, *args: Any, missing: MissingQuestion, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"owner": missing.owner_id}
        super().__init__(*args, **kwargs)
        people = people_who_may("service.work_missing", user, missing.owner_id)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Which article answers a question."""

    article = forms.ModelChoiceField(label=gettext_lazy("Article"), queryset=Article.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Article.objects.visible_to(user).offered(timezone.localdate())
        rows = rows.select_related("document").order_by("document__title", "pk")
        self.fields["article"].queryset = rows  # type: ignore[attr-defined]


class DismissForm(forms.Form):
    """Why a question needs no article."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
