"""Facilities the demo promised, two of them late; what is late is found by the product itself."""

from datetime import datetime, timedelta
from typing import Final

from crm_site.registers.services import EntryDraft, add_entry, close_entry
from crm_site.staff.models import User
from customers.models import Project
from service.delays.facilities import FACILITIES
from service.delays.services.watching import watch_delays

# what, kind, where it was promised, promised and expected in days from now, why it is late
PROMISED: Final = (
    ("实验小学云栖校区", "school", "advert", -20, 100, "土地移交延后，主体已封顶。"),
    ("地铁五号线云栖路站", "transport", "manual", 40, 220, "区间施工调整，以地铁公司公告为准。"),
    ("社区公园一期", "green", "contract", 90, 80, ""),
    ("社区卫生服务站", "medical", "advert", -60, None, ""),
)
DONE: Final = "社区卫生服务站"


def promise_facilities(project: Project, *, now: datetime) -> None:
    """Write down what was promised around the first project, then look for what is late."""
    engineer = User.objects.get(username="engineering")
    for title, kind, where, due, expected, reason in PROMISED:
        values = {"kind": kind, "where": where, "reason": reason}
        if expected is not None:
            values["expected"] = (now + timedelta(days=expected)).date().isoformat()
        entry = add_entry(
            register=FACILITIES,
            draft=EntryDraft(
                title=title,
                values=values,
                due_at=now + timedelta(days=due),
                subject_id=project.pk,
            ),
            actor=engineer,
            now=now,
        )
        if title == DONE:
            close_entry(
                entry=entry, outcome="done", evidence="验收报告与开业照片", actor=engineer, now=now
            )
    watch_delays(now=now)
