"""The tag dictionary and the tags on customers, by hand and by rule (CUS-16).

A rule is a set of filters of the customer list. Its job writes and removes only rows that a rule
wrote, among the customers that the tag's owner may see; what people tagged by hand stays.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.filters import CustomerFilter
from customers.models import Customer, CustomerTag, Tag
from customers.tag_filters import forget_tags

logger = logging.getLogger(__name__)
# A search text may be somebody's name or number, so no rule keeps one.
NOT_IN_RULES = {"q"}

MOVE = """
WITH moved AS (
    DELETE FROM customers_customertag WHERE tag_id = %s RETURNING customer_id, at, actor_id
)
INSERT INTO customers_customertag (customer_id, tag_id, by_rule, at, actor_id)
SELECT customer_id, %s, FALSE, at, actor_id FROM moved
ON CONFLICT (customer_id, tag_id) DO UPDATE SET by_rule = FALSE
"""
APPLY = """
INSERT INTO customers_customertag (customer_id, tag_id, by_rule, at)
SELECT found.customer_id, %s, TRUE, %s FROM ({matching}) AS found (customer_id)
ON CONFLICT (customer_id, tag_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one run of the rules did; ``skipped`` counts rules that could not be read any more."""

    added: int = 0
    removed: int = 0
    skipped: int = 0


def rule_from(query: QueryDict) -> dict[str, list[str]]:
    """Return the filters in a query string of the customer list as a rule; without any, empty."""
    names = set(CustomerFilter.base_filters) - NOT_IN_RULES
    return {
        key: values
        for key in sorted(query)
        if key in names and (values := [value for value in query.getlist(key) if value])
    }


def rule_query(rule: Mapping[str, Iterable[str]]) -> QueryDict:
    """Return a rule as the query string that shows its customers in the list."""
    query = QueryDict(mutable=True)
    for key, values in rule.items():
        query.setlist(key, list(values))
    return query


def matching(rule: Mapping[str, Iterable[str]], *, owner: User) -> QuerySet[Any] | None:
    """Return the customers in ``owner``'s sight that the rule means; ``None`` if unreadable."""
    filters = CustomerFilter(
        rule_query(rule),
        queryset=Customer.objects.visible_to(owner),
        request=SimpleNamespace(user=owner),
    )
    if not owner.is_active or not filters.is_valid():
        return None
    found: QuerySet[Any] = filters.qs
    return found


@transaction.atomic
def save_tag(*, tag: Tag, actor: User, now: datetime) -> Tag:
    """Write a new or changed tag; a tag that loses its rule keeps its customers as by hand.

    Raise ``ValidationError`` for a rule that cannot be read with the rights of the tag's owner.
    """
    if tag.rule and matching(tag.rule, owner=tag.owner) is None:
        raise ValidationError({"rule": _("These filters cannot be read by the owner of the tag.")})
    if tag.pk and str(tag.pk) in tag.rule.get("tag", []):
        raise ValidationError({"rule": _("A rule must not ask for its own tag.")})
    is_new = tag.pk is None
    tag.save()
    transaction.on_commit(forget_tags)
    if not is_new and not tag.rule:
        CustomerTag.objects.filter(tag=tag, by_rule=True).update(by_rule=False)
    record(
        kind="tag.saved",
        actor=actor,
        subject=("tag", tag.pk),
        facts={"new": is_new, "rule": sorted(tag.rule), "owner": tag.owner_id},
        now=now,
    )
    return tag


@transaction.atomic
def retire_tag(*, tag: Tag, replacement: Tag | None, actor: User, now: datetime) -> int:
    """Take a tag out of use and put the replacement on its customers; return how many had it.

    All rows move in one statement. Raise ``ValidationError`` when customers have the tag and no
    usable replacement is given, ``StaleError`` when somebody else retired either meanwhile.
    """
    wanted = [tag.pk] + ([replacement.pk] if replacement else [])
    rows = Tag.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    locked = {row.pk: row for row in rows}
    if not all(row.is_active for row in locked.values()):
        raise StaleError(_("This tag was taken out of use meanwhile."))
    if replacement is not None and replacement.pk == tag.pk:
        raise ValidationError({"replacement": _("Choose another tag than the one to be deleted.")})
    in_use = CustomerTag.objects.filter(tag=tag).exists()
    if in_use and replacement is None:
        raise ValidationError(
            {"replacement": _("Customers have this tag: choose the tag that replaces it.")}
        )
    transaction.on_commit(forget_tags)
    moved = _move(tag.pk, replacement.pk) if replacement and in_use else 0
    Tag.objects.filter(pk=tag.pk).update(
        is_active=False, rule={}, replaced_by=replacement, updated_at=now
    )
    Tag.objects.filter(replaced_by=tag).update(replaced_by=replacement, updated_at=now)
    record(
        kind="tag.retired",
        actor=actor,
        subject=("tag", tag.pk),
        facts={"replaced_by": replacement.pk if replacement else None, "customers": moved},
        now=now,
    )
    return moved


def _move(tag_id: int, replacement_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [tag_id, replacement_id])
        return int(cursor.rowcount)


@transaction.atomic
def put_tag(*, customer: Customer, tag: Tag, actor: User, now: datetime) -> bool:
    """Put ``tag`` on the customer by hand; return whether it is new there.

    Raise ``ValidationError`` for a tag out of use.
    """
    in_use = Tag.objects.select_for_update(no_key=True, of=("self",)).filter(pk=tag.pk)
    if not in_use.filter(is_active=True).exists():
        raise ValidationError({"tag": _("This tag is no longer in use.")})
    row, is_new = CustomerTag.objects.get_or_create(
        customer=customer, tag=tag, defaults={"at": now, "actor": actor}
    )
    if not is_new and row.by_rule:
        CustomerTag.objects.filter(pk=row.pk).update(by_rule=False, at=now, actor=actor)
    if is_new:
        _note("customer.tagged", customer, tag, actor, now)
    return is_new


@transaction.atomic
def take_tag(*, customer: Customer, tag: Tag, actor: User, now: datetime) -> bool:
    """Take ``tag`` off the customer; return whether it was there.

    Raise ``ValidationError`` for a row of a rule, which the next run would write again.
    """
    if CustomerTag.objects.filter(customer=customer, tag=tag, by_rule=True).exists():
        raise ValidationError({"tag": _("A rule put this tag here. Change the rule instead.")})
    gone, _rows = CustomerTag.objects.filter(customer=customer, tag=tag, by_rule=False).delete()
    if gone:
        _note("customer.untagged", customer, tag, actor, now)
    return bool(gone)


def _note(kind: str, customer: Customer, tag: Tag, actor: User, now: datetime) -> None:
    record(
        kind=kind, actor=actor, subject=("customer", customer.pk), facts={"tag": tag.pk}, now=now
    )


def apply_rules(*, now: datetime) -> Applied:
    """Bring the rows of every rule up to date, two statements per tag; return what changed."""
    done = Applied()
    ruled = Tag.objects.filter(is_active=True).exclude(rule={}).order_by("pk")
    for key in list(ruled.values_list("pk", flat=True)):
        one = apply_rule(tag_id=key, now=now)
        done = Applied(
            done.added + one.added, done.removed + one.removed, done.skipped + one.skipped
        )
    return done


@transaction.atomic
def apply_rule(*, tag_id: int, now: datetime) -> Applied:
    """Bring the rows of one rule up to date; a rule that cannot be read changes nothing."""
    tags = Tag.objects.select_for_update(no_key=True, of=("self",)).select_related("owner__node")
    tag = tags.filter(pk=tag_id, is_active=True).exclude(rule={}).first()
    if tag is None:
        return Applied()
    found = matching(tag.rule, owner=tag.owner)
    if found is None:
        logger.warning("the rule of tag %s cannot be read", tag.pk)
        return Applied(skipped=1)
    keys = found.order_by().values("pk")
    ruled = CustomerTag.objects.filter(tag=tag, by_rule=True)
    removed, _rows = ruled.exclude(customer__in=keys).delete()
    return Applied(added=_apply(tag.pk, keys, now), removed=removed)


def _apply(tag_id: int, keys: QuerySet[Any], now: datetime) -> int:
    try:
        sql, params = keys.query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(APPLY.format(matching=sql), [tag_id, now, *params])
        return int(cursor.rowcount)
