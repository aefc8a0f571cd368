"""The contract sheet filled in with what the system knows, as a PDF (CUS-65, CUS-66)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from crm_site.common.display import local_date, local_dt
from customers.payment.selectors import plan_of
from customers.pricing.letter_pdf import Letter, letter_pdf
from customers.purchase.models import Purchase

LANGUAGE = "zh-hans"  # contracts go to customers


def contract_sheet(
    purchase: Purchase, *, contract_no: str, made_at: datetime, notes: Sequence[str] = ()
) -> bytes:
    """Return the sheet: who buys which unit at which price, and when it is paid.

    ``notes`` are further paragraphs, such as that a sheet was confirmed online.
    """
    with translation.override(LANGUAGE):
        return letter_pdf(
            Letter(
                title=_("Contract sheet"),
                number=_("No. %(number)s") % {"number": contract_no or "______"},
                facts=_facts(purchase),
                paragraphs=[*_schedule(purchase), *notes],
                signers=[_("Customer"), _("For the company")],
                foot=_("Filled in on %(day)s from the subscription.")
                % {"day": local_date(made_at)},
                made_at=made_at,
            )
        )


def practice_note(at: datetime) -> str:
    """Return what a sheet says that was only confirmed through the practice provider."""
    with translation.override(LANGUAGE):
        return _(
            "Confirmed online at %(at)s through the practice provider built into this system. It"
            " checks no identity and holds no certificate: this is no electronic signature in the"
            " sense of article 13 of the Electronic Signature Law."
        ) % {"at": local_dt(at)}


def _facts(purchase: Purchase) -> list[tuple[str, str]]:
    parties = purchase.parties.select_related("customer").order_by("pk")
    names = "、".join(party.customer.name for party in parties) or purchase.customer.name
    unit = purchase.unit
    return [
        (_("Buyer"), names),
        (_("Project"), purchase.project.name),
        (_("Unit"), str(unit or "--")),
        (_("Area"), f"{unit.area} m²" if unit else "--"),
        (_("Agreed price"), _yuan(purchase.agreed_total)),
        (_("Deposit"), _yuan(purchase.deposit)),
        (_("Subscribed on"), local_date(purchase.subscribed_at)),
    ]


def _schedule(purchase: Purchase) -> list[str]:
    plan = plan_of(purchase)
    if plan is None:
        return []
    lines = [
        f"{row.position}. {row.label}：{_yuan(row.amount)}，{_when(row.days, row.due_on)}"
        for row in plan.instalments.order_by("position")
    ]
    return [_("Payment: %(method)s") % {"method": plan.get_method_display()}, *lines]


def _when(days: int | None, due_on: object) -> str:
    if days is None:
        return _("by %(day)s") % {"day": due_on}
    return _("within %(days)s days after the signature") % {"days": days}


def _yuan(amount: object) -> str:
    return "--" if amount is None else _("%(total)s yuan") % {"total": f"{amount:,.2f}"}
