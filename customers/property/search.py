"""Units in the global search: 1801, 3栋-1801 and 3栋-1-1801 (B3)."""

import re
import unicodedata

from django.db.models import Q
from django.urls import reverse

from crm_site.common.search_groups import Hit
from crm_site.staff.models import User
from customers.models import Unit

VIEW = "customers.view_units"
NUMBER = re.compile(r"[A-Za-z]?\d{1,3}[A-Za-z]?[-\d]{0,8}[A-Za-z]?", re.ASCII)
LEAST = 3  # characters of a number, so that 18 does not find half a project


def find_units(user: User, text: str, limit: int) -> list[Hit]:
    """Return units by number, with building and entrance before it where they are written."""
    if not user.has_perm(VIEW):
        return []
    wanted = _wanted(text)
    if wanted is None:
        return []
    own = user.node.project_id if user.node else None
    rows = Unit.objects.visible_to(user).filter(wanted).select_related("building", "project")
    found = list(
        rows.order_by("project_id", "building__sort_key", "entrance", "number")[: limit * 4]
    )
    found.sort(key=lambda unit: unit.project_id != own)
    return [
        Hit(str(unit), reverse("customers:unit-detail", args=[unit.pk]), unit.project.name)
        for unit in found[:limit]
    ]


def _wanted(text: str) -> Q | None:
    """Return the condition for what was typed; None for what is no unit."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(" ", "-")
    plain = plain.replace("单元", "")  # han: a word people type
    if len(plain) > 40:
        return None
    conditions = Q()
    if NUMBER.fullmatch(plain) and len(plain) >= LEAST:
        conditions |= Q(number__iexact=plain)
    parts = [part for part in plain.split("-") if part]
    if len(parts) == 2:
        building, number = parts
        conditions |= Q(building__name__istartswith=building, number__iexact=number)
        conditions |= Q(entrance__iexact=building, number__iexact=number)
    elif len(parts) == 3:
        building, entrance, number = parts
        conditions |= Q(
            building__name__istartswith=building, entrance__iexact=entrance, number__iexact=number
        )
    return conditions or None
