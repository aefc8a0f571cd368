"""Stories of good service: written, liked, picked for a month, used in training (SVC-107)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.rules.consent import Purpose
from customers.rules.text import clean_lines, clean_text
from customers.services.consents import has_consent
from service.experience.errors import ExperienceRefusedError
from service.experience.models import Story, StoryLike, StoryPick


def save_story(story: Story, *, actor: User, now: datetime) -> Story:
    """Write a story and return it.

    Raise ExperienceRefusedError where it names a customer who has not consented to publication.
    """
    if story.customer is not None and not has_consent(story.customer, Purpose.PUBLICATION, at=now):
        raise ExperienceRefusedError(
            _(
                "The customer has not agreed to the publication. Record the consent first, or tell"
                " the story without the name."
            )
        )
    story.title, story.text = clean_text(story.title), clean_lines(story.text)
    with transaction.atomic():
        if story.author_id is None:
            story.author = actor
        story.save()
        _audit("story.saved", story, actor, now)
    return story


def like(*, story: Story, person: User) -> bool:
    """Like a story, or take it back; return whether it is liked now."""
    removed, _rows = StoryLike.objects.filter(story=story, person=person).delete()
    if removed:
        return False
    StoryLike.objects.bulk_create([StoryLike(story=story, person=person)], ignore_conflicts=True)
    return True


@transaction.atomic
def pick(*, story: Story, actor: User, now: datetime) -> StoryPick:
    """Pick a story for the running month and return the pick; one story has a month.

    Raise ExperienceRefusedError where another one was picked.
    """
    month = timezone.localdate(now).replace(day=1)
    try:
        with transaction.atomic():
            row = StoryPick.objects.create(story=story, month=month, picked_by=actor)
    except IntegrityError as error:
        raise ExperienceRefusedError(_("The story of this month is picked already.")) from error
    _audit("story.picked", story, actor, now)
    return row


@transaction.atomic
def note_use(*, story: Story, used_on: date, used_for: str, actor: User, now: datetime) -> Story:
    """Note in which training a story was used and return it."""
    words = clean_text(used_for)[:120]
    if not words:
        raise ExperienceRefusedError(_("Say in which training it was used."))
    story.used_on, story.used_for = used_on, words
    story.save(update_fields=["used_on", "used_for", "updated_at"])
    _audit("story.used", story, actor, now)
    return story


def stories_for(user: User) -> "QuerySet[Story]":
    """Return the stories people may read now; who withdraws the consent takes the story away."""
    rows: QuerySet[Story] = Story.objects.shown().for_list(user).prefetch_related("picks")
    return rows


def _audit(kind: str, story: Story, actor: User, now: datetime) -> None:
    record(kind=kind, actor=actor, subject=("story", story.pk), facts={}, now=now)
