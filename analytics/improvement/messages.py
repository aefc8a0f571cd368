"""The messages of improvement."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.reviews.messages import words
from crm_site.outbox.kinds import MessageKind, declare_message

PUBLISHED: Final = "appraisal.published"
APPEALED: Final = "appraisal.appealed"
DECIDED: Final = "appraisal.decided"
STAR: Final = "star.awarded"
ITEM_LATE: Final = "improvement.item_late"

KINDS: Final = (
    MessageKind(
        key=PUBLISHED,
        label=_("An appraisal is published"),
        title=_("Your appraisal for %(period)s is published"),
        body=_("Read it; an appeal is possible for some days."),
        icon="users",
    ),
    MessageKind(
        key=APPEALED,
        label=_("An appeal against an appraisal"),
        title=_("An appeal against the appraisal for %(period)s waits"),
        icon="alert",
        tone="amber",
    ),
    MessageKind(
        key=DECIDED,
        label=_("An appeal is decided"),
        title=_("Your appeal for %(period)s is decided"),
        icon="check",
    ),
    MessageKind(
        key=STAR,
        label=_("Service star of the month"),
        title=_("You are the service star of %(month)s"),
        body=_("For: %(act)s"),
        icon="star",
        tone="green",
    ),
    MessageKind(
        key=ITEM_LATE,
        label=_("An improvement item is late"),
        title=_("Improvement item late since %(due)s: %(title)s"),
        icon="alert",
        tone="red",
        show=words,
    ),
)


def register() -> None:
    """Make the messages known."""
    for kind in KINDS:
        declare_message(kind)
