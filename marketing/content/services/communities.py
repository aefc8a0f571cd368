"""Groups: members, calendar, questions; late ones go to the service desk (MKT-36)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.open_questions import OpenQuestion
from customers.rules.text import clean_lines, clean_text
from marketing.content.errors import ContentError
from marketing.content.models import (
    Community,
    CommunityMember,
    CommunityPost,
    CommunityQuestion,
)
from marketing.content.places import region_of, require
from marketing.content.policies import public_rules
from marketing.content.querysets import ANSWER, KEEP
from marketing.content.services.checking import check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityDraft:
    """A group and who looks after it."""

    name: str
    kind: str
    platform: str
    admin: User
    project: Project
    member_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """A question as it stood in the group."""

    text: str
    asker: str
    asked_at: datetime
    mood: str = "even"
    customer: Customer | None = None


@transaction.atomic
def save_community(
    *, community: Community | None, draft: CommunityDraft, actor: User, now: datetime
) -> Community:
    """Write a group and return it; names are unique in a region."""
    require(actor, KEEP)
    region = region_of(actor, draft.project)
    row = Community(created_by=actor, created_at=now) if community is None else _held(community)
    for name in ("kind", "platform", "admin", "project", "member_count"):
        setattr(row, name, getattr(draft, name))
    row.name, row.region_id = clean_text(draft.name), region
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "community_name_once" in str(error):
            raise ValidationError({"name": _("Another group has this name.")}) from error
        raise
    _audit("community.saved", row, actor, now)
    return row


@transaction.atomic
def add_member(
    *, community: Community, customer: Customer, actor: User, now: datetime
) -> CommunityMember:
    """Note that a customer is in a group; again changes nothing."""
    _require_either(actor)
    row, is_new = CommunityMember.objects.get_or_create(
        community=_held(community),
        customer=customer,
        defaults={"joined_on": timezone.localdate(now)},
    )
    if is_new:
        _audit("community.joined", community, actor, now)
    return row


@transaction.atomic
def plan_post(
    *, community: Community, topic: str, text: str, planned_on: date, actor: User, now: datetime
) -> CommunityPost:
    """Put a post into the calendar of a group, scanned like an advert; return it.

    Raise ValidationError for banned words.
    """
    require(actor, KEEP)
    row, words = _held(community), clean_lines(text)
    found = check_text(words, now=now)
    if found.banned:
        message = _("Banned words stand in the text: %(words)s. Change it first.")
        raise ValidationError({"text": message % {"words": ", ".join(found.banned)}})
    made = CommunityPost.objects.create(
        community=row,
        topic=topic,
        text=words,
        planned_on=planned_on,
        findings=found.findings,
        policy_version=found.version,
        created_by=actor,
    )
    _audit("community.planned", row, actor, now)
    return made


@transaction.atomic
def mark_posted(
    *, post: CommunityPost, reactions: int, actor: User, now: datetime
) -> CommunityPost:
    """Note that a planned post was posted, with the reactions counted so far."""
    _require_either(actor)
    row = CommunityPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if row.planned_on > timezone.localdate(now):
        raise ContentError(_("This post is planned for a later day."))
    row.posted_at, row.reactions = row.posted_at or now, reactions
    row.save(update_fields=["posted_at", "reactions"])
    return row


@transaction.atomic
def note_question(
    *, community: Community, draft: QuestionDraft, actor: User, now: datetime
) -> CommunityQuestion:
    """Write down a question of a group; its time to be answered starts when it was asked."""
    _require_either(actor)
    row = _held(community)
    if draft.asked_at > now:
        raise ValidationError({"asked_at": _("This time is still to come.")})
    hours = public_rules(now).answer_hours
    return CommunityQuestion.objects.create(
        community=row,
        customer=draft.customer,
        asker=clean_text(draft.asker),
        text=clean_text(draft.text),
        mood=draft.mood,
        asked_at=draft.asked_at,
        due_at=draft.asked_at + timedelta(hours=hours),
        noted_by=actor,
    )


@transaction.atomic
def answer_question(
    *, question: CommunityQuestion, answer: str, actor: User, now: datetime
) -> CommunityQuestion:
    """Write down the answer that was given in the group; the first one stands."""
    _require_either(actor)
    rows = CommunityQuestion.objects.select_for_update(of=("self",))
    row: CommunityQuestion = rows.get(pk=question.pk)
    if row.answered_at is not None:
        raise ContentError(_("This question is answered already."))
    words = clean_text(answer)[:1000]
    if not words:
        raise ValidationError({"answer": _("Write the answer.")})
    row.answer, row.answered_at, row.answered_by = words, now, actor
    row.save()
    return row


def waiting_questions(now: datetime, limit: int) -> list[OpenQuestion]:
    """Return questions that nobody answered in time and no inquiry holds, the oldest first."""
    rows = CommunityQuestion.objects.filter(answered_at=None, inquiry="", due_at__lte=now)
    return [
        OpenQuestion(
            key=str(one.pk),
            text=one.text,
            asker=one.asker,
            asked_at=one.asked_at,
            project_id=_project_of(one.community),
            customer_id=one.customer_id,
            where=one.community.name,
        )
        for one in rows.select_related("community").order_by("due_at", "pk")[:limit]
    ]


def _project_of(community: Community) -> int:
    found: Any = community.project_id  # never empty: community_of_a_project
    return int(found)


def question_taken(key: str, number: str, _now: datetime) -> None:
    """Note the inquiry that a question became; again changes nothing."""
    CommunityQuestion.objects.filter(pk=int(key), inquiry="").update(inquiry=number)


def _require_either(actor: User) -> None:
    if not (actor.has_perm(KEEP) or actor.has_perm(ANSWER)):
        raise NotAllowedError(_("Your role cannot do this."), code="content")


def _held(community: Community) -> Community:
    found: Community = Community.objects.select_for_update(of=("self",)).get(pk=community.pk)
    if found.closed_at is not None:
        raise ContentError(_("This group is closed."))
    return found


def _audit(kind: str, row: Community, actor: User, now: datetime) -> None:
    record(kind=kind, actor=actor, subject=("community", row.pk), facts={}, now=now)
