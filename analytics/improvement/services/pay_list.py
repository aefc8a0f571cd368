"""The pay list of a bonus fund as a workbook: the rows of its page, marked and audited (ANA-36)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.improvement.people_models import BonusRun
from crm_site.audit.services import record
from crm_site.common.display import local_dt
from crm_site.exchange.exporters import ExportColumn
from crm_site.exchange.services.workbook import MarkedWorkbook
from crm_site.staff.models import User

EXPORTED = "improvement.pay_list_exported"


def lines_of(run: BonusRun) -> Any:
    """Return the lines of a pay list as page and file print them, the largest first."""
    return run.lines.select_related("person").order_by("-amount", "person__name", "pk")


def pay_list_xlsx(run: BonusRun, *, actor: User, now: datetime) -> bytes:
    """Return the workbook of a pay list with its total, and note in the audit trail who took it."""
    mark = _("Internal · %(name)s %(number)s · %(at)s") % {
        "name": actor.name,
        "number": actor.employee_no[-4:] or str(actor.pk),
        "at": local_dt(now),
    }
    book = MarkedWorkbook(title=f"{_('Pay list')} {run}", mark=mark, mark_label=_("Mark"))
    book.head(
        [
            ExportColumn("person", _("Colleague")),
            ExportColumn("number", _("Employee number")),
            ExportColumn("score", _("Score"), is_number=True),
            ExportColumn("amount", _("Amount (yuan)"), is_number=True),
        ]
    )
    lines = list(lines_of(run))
    rows = [
        [one.person.name, one.person.employee_no, float(one.score), float(one.amount)]
        for one in lines
    ]
    whole = float(sum(one.amount for one in lines))
    book.rows([*rows, [pgettext("pay list", "Total"), "", None, whole]])
    facts = {"rows": len(lines), "state": run.state}
    record(kind=EXPORTED, actor=actor, subject=("bonus-run", run.pk), facts=facts, now=now)
    return book.save()
