"""Asking people: links made, messages written, reminders sent once (SVC-45)."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from crm_site.common.crypto import encrypt
from crm_site.outbox.services import Outgoing, ToAddressee, send_many, send_outside
from crm_site.policies.services import in_force
from customers.contact_policies import CHANNELS, ChannelRules
from customers.models import Customer, Project
from customers.rules.axes import Channel
from customers.rules.channel_choice import Information, suggest
from customers.rules.consent import Purpose
from customers.services.news import BY_MESSAGE, people_of
from customers.services.reaching import ADDRESSEE
from service.surveys.messages import MESSAGE, PLACE, REMINDER, STAFF
from service.surveys.models import Survey, SurveyInvitation
from service.surveys.rules.links import hash_of, new_token

SUBJECT = "survey"
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody to ask; ``source`` says after what, and is asked about once in a survey."""

    source: str
    customer: Customer | None = None
    person_id: int | None = None
    project_id: int | None = None
    region_id: int | None = None
    adviser_id: int | None = None


def guest_of(
    customer: Customer,
    *,
    source: str,
    project: Project | None = None,
    adviser_id: int | None = None,
) -> Guest:
    """Return a customer as a guest, of the project named or their own."""
    node = project.node if project else None
    return Guest(
        source=source,
        customer=customer,
        project_id=project.pk if project else customer.project_id,
        region_id=node.region_id if node else customer.region_id,
        adviser_id=adviser_id or customer.owner_id,
    )


@transaction.atomic
def invite(*, survey: Survey, guests: Sequence[Guest], now: datetime) -> int:
    """Ask each guest whom the survey did not ask yet, and write the message with the link.

    Return how many are asked. The message says no name; consent, refused channels and quiet hours
    are asked when it leaves.
    """
    asked = 0
    for start in range(0, len(guests), BATCH):
        asked += _invite_batch(survey, guests[start : start + BATCH], now)
    return asked


def _invite_batch(survey: Survey, guests: Sequence[Guest], now: datetime) -> int:
    known = set(
        survey.invitations.filter(source__in=[one.source for one in guests]).values_list(
            "source", flat=True
        )
    )
    new = {one.source: one for one in guests if one.source not in known}
    tokens = {source: new_token() for source in new}
    rows = [
        SurveyInvitation(
            survey=survey,
            source=one.source,
            customer=one.customer,
            person_id=one.person_id,
            project_id=one.project_id,
            region_id=one.region_id,
            adviser_id=one.adviser_id,
            token_hash=hash_of(tokens[one.source]),
            invited_at=now,
            expires_at=now + timedelta(days=survey.link_days),
        )
        for one in new.values()
    ]
    SurveyInvitation.objects.bulk_create(rows, ignore_conflicts=True)
    hashes = {row.token_hash: row.source for row in rows}
    kept = SurveyInvitation.objects.filter(survey=survey, token_hash__in=hashes)
    mine = list(kept.select_related("customer"))
    tell(survey, [(row, tokens[hashes[row.token_hash]]) for row in mine], kind=MESSAGE, now=now)
    return len(mine)


def tell(
    survey: Survey, links: Sequence[tuple[SurveyInvitation, str]], *, kind: str, now: datetime
) -> None:
    """Write the message with the link to each; the token is kept in it encrypted only."""
    people = [row.customer for row, _token in links if row.customer is not None]
    channels = _channels(people, now)
    letters, notes = [], []
    for row, token in links:
        params = {"survey": survey.title, "link": b64encode(encrypt(token, place=PLACE)).decode()}
        key = f"{kind}:{row.pk}"
        if row.person_id is not None:
            notes.append(Outgoing(STAFF, row.person_id, key, params, None))
        elif row.customer_id is not None:
            letters.append(
                ToAddressee(
                    kind=kind,
                    addressee=(ADDRESSEE, row.customer_id),
                    channel=channels[row.customer_id].value,
                    purpose=Purpose.CONTACT.value,
                    key=key,
                    params=params,
                    subject=(SUBJECT, survey.pk),
                )
            )
    send_outside(letters, now=now)
    send_many(notes, now=now)


def _channels(customers: Sequence[Customer], now: datetime) -> dict[int, Channel]:
    """Return over what each is written to; SMS where nothing else is known."""
    rules: ChannelRules = in_force(CHANNELS, at=now).value
    table, found = rules.table(), {}
    for key, person in people_of(list(customers), now).items():
        choice = suggest(person, table=table, information=Information.NEWS)
        is_message = choice is not None and choice.channel in BY_MESSAGE
        found[key] = choice.channel if choice is not None and is_message else Channel.SMS
    return found


def remind_silent(*, now: datetime) -> int:
    """Remind whoever did not answer, each once, with a second link; return how many."""
    surveys = Survey.objects.filter(state="open", remind_days__gt=0)
    return sum(_remind(survey, now) for survey in surveys.order_by("pk"))


@transaction.atomic
def _remind(survey: Survey, now: datetime) -> int:
    due = survey.invitations.filter(
        used_at__isnull=True,
        reminded_at__isnull=True,
        invited_at__lte=now - timedelta(days=survey.remind_days),
        expires_at__gt=now,
    )
    rows = list(
        due.select_for_update(skip_locked=True, of=("self",))
        .select_related("customer")
        .order_by("pk")[:BATCH]
    )
    links = []
    for row in rows:
        token = new_token()
        row.second_hash, row.reminded_at = hash_of(token), now
        links.append((row, token))
    SurveyInvitation.objects.bulk_update(rows, ["second_hash", "reminded_at"])
    tell(survey, links, kind=REMINDER, now=now)
    return len(rows)
