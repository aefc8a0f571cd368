"""Where and when an advert appeared, kept for ever, and what it did (MKT-27, MKT-29)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.common.files import Taken
from crm_site.common.grams import fold, pieces
from crm_site.staff.models import User
from customers.models import Lead
from customers.rules.text import clean_lines, clean_text
from marketing.content.errors import ContentError
from marketing.content.models import (
    Advert,
    AdvertOpinion,
    AdvertProof,
    AdvertVersion,
    PublishedAdvert,
    PublishedClaim,
)
from marketing.content.places import require
from marketing.content.querysets import KEEP, REVIEW, SIGN
from marketing.content.rules.adverts import AdvertState
from marketing.content.services.wording import audit, locked, note

S = AdvertState
PROVEN = "advert_published_once_a_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One appearance: when, where, how large, for how much, and the proof of it."""

    published_on: date
    outlet: str
    size: str
    cost: Decimal
    proof: Taken
    link: str = ""


@transaction.atomic
def note_publication(
    *, advert: Advert, appearance: Appearance, actor: User, now: datetime
) -> PublishedAdvert:
    """Put an appearance of a released advert into the archive and return the record.

    Raise ContentError before the release and for the same day and place again, ValidationError
    for a day before the release or to come.
    """
    require(actor, KEEP)
    row = locked(advert)
    if row.state not in (S.RELEASED, S.PUBLISHED) or row.version is None:
        raise ContentError(_("Only a released advert appears in public."))
    _check(row, appearance, now)
    try:
        with transaction.atomic():
            found = _file(row, row.version, appearance, actor=actor, now=now)
    except IntegrityError as error:
        if PROVEN in str(error):
            raise ContentError(_("This appearance is in the archive already.")) from error
        raise
    before, row.state = row.state, S.PUBLISHED.value
    row.save(update_fields=["state", "updated_at"])
    note(row, before, actor=actor, now=now, words=f"{found.outlet} {found.published_on}")
    return found


@transaction.atomic
def evaluate(*, advert: Advert, effect: str, actor: User, now: datetime) -> Advert:
    """Write down what a published advert did, with the leads of its campaign code since then."""
    require(actor, KEEP)
    row = locked(advert)
    if row.state != S.PUBLISHED:
        raise ContentError(_("The effect is noted once the advert was published."))
    words = clean_lines(effect)
    if not words:
        raise ValidationError({"effect": _("Write down what it did.")})
    row.effect, row.effect_leads = words, leads_since(row)
    row.state = S.EVALUATED.value
    row.save()
    note(row, S.PUBLISHED.value, actor=actor, now=now)
    return row


def leads_since(row: Advert) -> int | None:
    """Return how many leads carry the advert's campaign code since it first appeared."""
    first = row.published.order_by("published_on").values_list("published_on", flat=True).first()
    if not row.campaign_code or first is None:
        return None
    found = Lead.objects.filter(campaign=row.campaign_code, received_at__date__gte=first)
    return found.count()


@transaction.atomic
def give_opinion(*, advert: Advert, text: str, actor: User, now: datetime) -> AdvertOpinion:
    """Write what a reviewer says about the wording in review; return it (MKT-28)."""
    if not any(actor.has_perm(right) for right in (*REVIEW.values(), SIGN)):
        require(actor, SIGN)
    row = locked(advert)
    if row.state != S.REVIEW or row.version is None:
        raise ContentError(_("Opinions are given while an advert is in review."))
    words = clean_text(text)[:500]
    if not words:
        raise ValidationError({"text": _("Write your opinion.")})
    found = AdvertOpinion.objects.create(version=row.version, reviewer=actor, text=words, at=now)
    audit("advert.opinion", row, actor, now, version=row.version.number)
    return found


def _check(row: Advert, appearance: Appearance, now: datetime) -> None:
    day = appearance.published_on
    if day > timezone.localdate(now):
        raise ValidationError({"published_on": _("Note it once it has appeared.")})
    if row.released_at is not None and day < timezone.localdate(row.released_at):
        raise ValidationError({"published_on": _("That day lies before the release.")})
    if appearance.cost < 0:
        raise ValidationError({"cost": _("A cost is not negative.")})


def _file(
    row: Advert, version: AdvertVersion, appearance: Appearance, *, actor: User, now: datetime
) -> PublishedAdvert:
    claims = list(version.claims.order_by("pk"))
    outlet = clean_text(appearance.outlet)
    words = "\n".join([row.number, row.title, version.text, *(one.text for one in claims), outlet])
    found = PublishedAdvert.objects.create(
        advert=row,
        project_id=row.project_id,
        region_id=row.region_id,
        number=row.number,
        version=version.number,
        title=row.title,
        text=version.text,
        campaign_code=row.campaign_code,
        medium=row.medium,
        outlet=outlet,
        size=clean_text(appearance.size),
        cost=appearance.cost,
        published_on=appearance.published_on,
        link=appearance.link,
        folded=fold(words),
        tokens=sorted(pieces(words)),
        noted_by=actor,
        noted_at=now,
    )
    AdvertProof.objects.create(published=found, stored_at=now, **appearance.proof.values())
    PublishedClaim.objects.bulk_create(
        PublishedClaim(published=found, kind=one.kind, text=one.text, evidence=one.evidence)
        for one in claims
    )
    return found
