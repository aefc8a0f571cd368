"""Stories of customers, public only with their consent, and posts of owners (MKT-26, MKT-34)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.rules.consent import Purpose
from customers.rules.text import clean_lines, clean_text
from customers.services.consents import has_consent, with_consent
from marketing.content import hooks
from marketing.content.errors import ContentError
from marketing.content.models import Asset, OwnerPost, PublicStory
from marketing.content.places import region_of, require
from marketing.content.policies import public_rules
from marketing.content.querysets import KEEP
from marketing.content.services.checking import check_text

DRAFT, PUBLISHED, ENDED = "draft", "published", "ended"
WAITING, ACCEPTED, REFUSED, WITHDRAWN = "waiting", "accepted", "refused", "withdrawn"
MONTH_DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDraft:
    """What a customer tells, under which name, and the consent to it."""

    customer: Customer
    title: str
    text: str
    shown_name: str
    project: Project | None = None
    asset: Asset | None = None
    consent_from: date | None = None
    consent_until: date | None = None
    consent_proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """A post as it came in."""

    shown_name: str
    source: str
    text: str
    project: Project | None = None
    customer: Customer | None = None
    link: str = ""
    may_reuse: bool = False


@transaction.atomic
def save_story(
    *, story: PublicStory | None, draft: StoryDraft, actor: User, now: datetime
) -> PublicStory:
    """Write a story and return it; a published one has to be taken down first.

    Raise ValidationError for a consent that ends before it begins or counts for longer than the
    policy allows.
    """
    require(actor, KEEP)
    region = region_of(actor, draft.project)
    row = _held(story) if story else PublicStory(created_by=actor, created_at=now)
    if row.state == PUBLISHED:
        raise ContentError(_("Take the story down before you change it."))
    _check_dates(draft, now)
    names = ("customer", "project", "asset", "consent_from", "consent_until")
    for name in names:
        setattr(row, name, getattr(draft, name))
    row.title, row.text = clean_text(draft.title), clean_lines(draft.text)
    row.shown_name = clean_text(draft.shown_name)
    row.consent_proof, row.region_id = clean_text(draft.consent_proof), region
    row.save()
    _audit("story.public_saved", row, actor, now)
    return row


@transaction.atomic
def publish_story(*, story: PublicStory, actor: User, now: datetime) -> PublicStory:
    """Publish a story and return it.

    Raise ContentError where the consent to this story is missing or over, where the customer does
    not consent to publication, or where banned words stand in it.
    """
    require(actor, KEEP)
    row = _held(story)
    if row.state == PUBLISHED:
        raise ContentError(_("This story is published already."))
    today = timezone.localdate(now)
    if not (row.consent_from and row.consent_until and row.consent_proof):
        raise ContentError(_("The consent to this story is missing: its dates and the paper."))
    if not row.consent_from <= today <= row.consent_until:
        raise ContentError(_("The consent to this story does not count today."))
    if not has_consent(row.customer, Purpose.PUBLICATION, at=now):
        raise ContentError(_("The customer has not agreed to publication. Record it first."))
    found = check_text(f"{row.title}\n{row.text}", now=now)
    if found.banned:
        words = _("Banned words stand in the text: %(words)s. Change it first.")
        raise ContentError(words % {"words": ", ".join(found.banned)})
    row.state, row.published_at, row.ended_at, row.end_reason = PUBLISHED, now, None, ""
    row.save()
    _audit("story.published", row, actor, now)
    return row


@transaction.atomic
def end_story(*, story: PublicStory, reason: str, actor: User, now: datetime) -> PublicStory:
    """Take a published story down, with a reason."""
    require(actor, KEEP)
    row = _held(story)
    words = clean_text(reason)
    if not words:
        raise ValidationError({"reason": _("Say why it is taken down.")})
    _end(row, words, actor, now)
    return row


def end_lapsed(*, now: datetime) -> int:
    """Take down the stories whose consent is over or taken back; return how many."""
    today = timezone.localdate(now)
    willing = with_consent(Customer.objects.all(), Purpose.PUBLICATION, at=now).values("pk")
    rows = PublicStory.objects.filter(state=PUBLISHED)
    lapsed = rows.filter(Q(consent_until__lt=today) | ~Q(customer__in=willing))
    done = 0
    for pk in list(lapsed.values_list("pk", flat=True)):
        with transaction.atomic():
            row = PublicStory.objects.select_for_update(of=("self",)).get(pk=pk)
            if row.state == PUBLISHED:
                _end(row, _("The consent is over or was taken back."), None, now)
                done += 1
    return done


@transaction.atomic
def take_post(*, draft: PostDraft, actor: User, now: datetime) -> OwnerPost:
    """Write down a post of an owner, scanned; it waits until somebody read it (MKT-34)."""
    require(actor, KEEP)
    found = check_text(draft.text, now=now)
    row = OwnerPost.objects.create(
        project=draft.project,
        region_id=region_of(actor, draft.project),
        customer=draft.customer,
        shown_name=clean_text(draft.shown_name),
        source=draft.source,
        text=clean_lines(draft.text),
        link=draft.link,
        may_reuse=draft.may_reuse,
        findings=found.findings,
        policy_version=found.version,
        received_at=now,
        created_by=actor,
        created_at=now,
    )
    _audit("post.received", row, actor, now)
    return row


@transaction.atomic
def accept_post(*, post: OwnerPost, actor: User, now: datetime) -> OwnerPost:
    """Let a post be seen; a known customer earns the points of the policy, once."""
    row = _waiting(post, actor)
    points = public_rules(now).post_points if row.customer_id else None
    row.state, row.decided_by, row.decided_at, row.points = ACCEPTED, actor, now, points
    row.save()
    _audit("post.accepted", row, actor, now)
    if points:
        hooks.reward_post(row, points, now)
    return row


@transaction.atomic
def refuse_post(*, post: OwnerPost, reason: str, actor: User, now: datetime) -> OwnerPost:
    """Keep a post back, with a reason."""
    row = _waiting(post, actor)
    row.reason = clean_text(reason)[:200]
    if not row.reason:
        raise ValidationError({"reason": _("Say why it is refused.")})
    row.state, row.decided_by, row.decided_at = REFUSED, actor, now
    row.save()
    _audit("post.refused", row, actor, now)
    return row


@transaction.atomic
def take_back_post(*, post: OwnerPost, reason: str, actor: User, now: datetime) -> OwnerPost:
    """Hide an accepted post because its owner, or somebody shown in it, asks so."""
    require(actor, KEEP)
    row: OwnerPost = OwnerPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    row.reason = clean_text(reason)[:200]
    if row.state != ACCEPTED:
        raise ContentError(_("Only an accepted post is taken back."))
    if not row.reason:
        raise ValidationError({"reason": _("Say why it is taken back.")})
    row.state, row.reused_in = WITHDRAWN, ""
    row.save()
    _audit("post.withdrawn", row, actor, now)
    if row.points:
        hooks.reward_post(row, -row.points, now)
    return row


@transaction.atomic
def reuse_post(*, post: OwnerPost, where: str, actor: User, now: datetime) -> OwnerPost:
    """Note where an accepted post is used again; its owner must have allowed it."""
    require(actor, KEEP)
    row: OwnerPost = OwnerPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if row.state != ACCEPTED or not row.may_reuse:
        raise ContentError(_("Only an accepted post whose owner allows it is used again."))
    row.reused_in = clean_text(where)[:200]
    if not row.reused_in:
        raise ValidationError({"reason": _("Say where it is used.")})
    row.save(update_fields=["reused_in", "updated_at"])
    _audit("post.reused", row, actor, now)
    return row


def _waiting(post: OwnerPost, actor: User) -> OwnerPost:
    require(actor, KEEP)
    row: OwnerPost = OwnerPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if row.state != WAITING:
        raise ContentError(_("This post is decided already."))
    return row


def _end(row: PublicStory, reason: str, actor: User | None, now: datetime) -> None:
    if row.state != PUBLISHED:
        raise ContentError(_("Only a published story is taken down."))
    row.state, row.ended_at, row.end_reason = ENDED, now, reason[:200]
    row.save()
    _audit("story.ended", row, actor, now)


def _check_dates(draft: StoryDraft, now: datetime) -> None:
    start, end = draft.consent_from, draft.consent_until
    if not start or not end:
        return
    if end < start:
        raise ValidationError({"consent_until": _("The end lies before the beginning.")})
    months = public_rules(now).consent_months
    if (end - start).days > months * MONTH_DAYS:
        words = _("A consent counts for at most %(n)s months.")
        raise ValidationError({"consent_until": words % {"n": months}})


def _held(story: PublicStory) -> PublicStory:
    rows = PublicStory.objects.select_for_update(of=("self",)).select_related("customer")
    found: PublicStory = rows.get(pk=story.pk)
    return found


def _audit(kind: str, row: PublicStory | OwnerPost, actor: User | None, now: datetime) -> None:
    subject = "public-story" if isinstance(row, PublicStory) else "owner-post"
    record(kind=kind, actor=actor, subject=(subject, row.pk), facts={}, now=now)
