"""Commission as cost of sales: charged once a deal is signed, taken back with it (MKT-55, MKT-68).

Each deal is one item of cost under its own key, so that runs twice or side by side write nothing
twice. It is dated on the day of the signature and charged to the project and the channel.
"""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from marketing.campaigns.models import CostItem
from marketing.campaigns.services.costs import Charge, CostDraft, book_owed, withdraw_owed
from marketing.channels.models import Commission

PREFIX: Final = "commission:"
BATCH: Final = 500


def key_of(commission: Commission) -> str:
    """Return the key of the cost that a deal is."""
    return f"{PREFIX}{commission.pk}"


def charge_commissions(*, now: datetime) -> dict[str, int]:
    """Bring cost in line with commission; return how many deals were charged and taken back."""
    charged = _each(uncharged(), now)
    return {"charged": charged, "uncharged": _each(charged_in_vain(), now)}


def uncharged() -> Any:
    """Return the deals whose commission stands and is no cost yet."""
    return Commission.objects.filter(~Exists(_cost()), stands=True, amount__gt=0).order_by("pk")


def charged_in_vain() -> Any:
    """Return the deals whose commission is cost and does not stand any more."""
    return Commission.objects.filter(Exists(_cost()), stands=False).order_by("pk")


def _cost() -> Any:
    key = Concat(Value(PREFIX), Cast(OuterRef("pk"), CharField()))
    return CostItem.objects.committed().exclude(source_key="").filter(source_key=key)


def _each(rows: Any, now: datetime) -> int:
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    for pk in keys:
        _charge(pk, now)
    return len(keys)


@transaction.atomic
def _charge(pk: int, now: datetime) -> None:
    rows = Commission.objects.select_related("partner__channel", "project__node")
    row: Commission = rows.select_for_update(of=("self",)).get(pk=pk)
    if not row.stands:
        reason = _("The deal was taken back or belongs to somebody else.")
        withdraw_owed(source_key=key_of(row), reason=reason, now=now)
        return
    draft = CostDraft(
        on=timezone.localdate(row.signed_at),
        amount=row.amount,
        note=_("Commission of %(partner)s") % {"partner": row.partner.name},
        kind="sales",
        item="commission",
        payee=row.partner.name,
        charge=Charge(project=row.project, channel_code=row.partner.channel.code),
        source_key=key_of(row),
    )
    book_owed(draft=draft, now=now)
