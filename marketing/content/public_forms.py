"""The forms of stories, posts, live sessions, groups and feeds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from customers.pickers import CustomerField
from marketing.content import choices
from marketing.content.forms import (
    ContentForm,
    asset_field,
    day_field,
    long_field,
    moment_field,
    person_field,
    project_field,
)

MOST = 1_000_000_000


def count_field(label: Any, *, initial: int | None = None) -> forms.IntegerField:
    """Return a field for how many there are."""
    return forms.IntegerField(label=label, initial=initial, min_value=0, max_value=MOST)


class ContentCustomerForm(ContentForm):
    """A form that names a customer."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


class PublicStoryForm(ContentCustomerForm):
    """A story with the customer's consent to it."""

    customer = CustomerField(label=_("Customer"))
    shown_name = forms.CharField(label=_("Name as shown"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=120)
    project = project_field()
    text = long_field(_("The customer's own words"), limit=4000, rows=6)
    asset = asset_field()
    consent_from = day_field(_("Consent given on"), required=False)
    consent_until = day_field(_("Consent counts until"), required=False)
    consent_proof = forms.CharField(
        label=_("Where the signed consent is kept"), max_length=200, required=False
    )


class OwnerPostForm(ContentCustomerForm):
    """A post of an owner as it came in."""

    shown_name = forms.CharField(label=_("Name as shown"), max_length=40)
    customer = CustomerField(label=_("Customer"), required=False)
    source = forms.ChoiceField(label=_("Where it came from"), choices=choices.POST_SOURCES)
    project = project_field()
    text = long_field(_("Text"), limit=2000)
    link = forms.URLField(
        label=_("Address of picture or film"), max_length=300, required=False, assume_scheme="https"
    )
    may_reuse = forms.BooleanField(label=_("The owner lets us use it elsewhere"), required=False)


class LiveSessionForm(ContentForm):
    """The plan of a live session."""

    title = forms.CharField(label=_("Title"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices.SESSION_KINDS)
    platform = forms.ChoiceField(label=_("Platform"), choices=choices.PLATFORMS)
    project = project_field()
    starts_at = moment_field(_("Starts at"))
    host = person_field(pgettext_lazy("session", "Host"))
    code = forms.SlugField(
        label=_("Code of its leads"),
        max_length=40,
        help_text=_("Leads that carry it as their campaign are counted for the session."),
    )
    script = long_field(_("Script"), limit=8000, rows=10, required=False)


class SessionHeldForm(forms.Form):
    """What was counted after a session."""

    viewers = count_field(_("Viewers"))
    interactions = count_field(_("Interactions"))
    cost = forms.DecimalField(label=_("Cost (yuan)"), max_digits=14, decimal_places=2, min_value=0)
    note = forms.CharField(label=_("What went well, what did not"), max_length=500, required=False)


class CommunityForm(ContentForm):
    """A group."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices.COMMUNITY_KINDS)
    platform = forms.ChoiceField(label=_("Platform"), choices=choices.COMMUNITY_PLATFORMS)
    project = project_field(required=True)
    admin = person_field(_("Looked after by"))
    member_count = count_field(_("Members"), initial=0)


class CommunityPostForm(forms.Form):
    """An entry of the calendar of a group."""

    topic = forms.ChoiceField(label=_("Topic"), choices=choices.TOPICS)
    planned_on = day_field(_("Planned on"))
    text = long_field(_("Text"), limit=2000)


class PostedForm(forms.Form):
    """What a posted entry brought."""

    reactions = count_field(_("Reactions"), initial=0)


class CommunityQuestionForm(ContentCustomerForm):
    """A question of a group."""

    asker = forms.CharField(label=_("Name in the group"), max_length=40)
    customer = CustomerField(label=_("Customer"), required=False)
    text = forms.CharField(label=pgettext_lazy("community", "Question"), max_length=500)
    mood = forms.ChoiceField(label=_("Mood"), choices=choices.MOODS, initial="even")
    asked_at = moment_field(pgettext_lazy("question", "Asked at"))


class AnswerForm(forms.Form):
    """The answer to a question."""

    answer = long_field(pgettext_lazy("community", "Answer"), limit=1000)


class CommunityMemberForm(ContentCustomerForm):
    """A customer who is in the group."""

    customer = CustomerField(label=_("Customer"))


class FeedForm(forms.Form):
    """Whether a project is shown in public, and the steps of buying."""

    is_open = forms.BooleanField(label=_("Shown in public"), required=False)
    steps = long_field(_("Steps of buying, one a line"), limit=4000, rows=8, required=False)
