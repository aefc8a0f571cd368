"""Takes an import of complaints back: tickets nobody has worked on since go, the others stay."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from crm_site.audit.services import record_bulk
from crm_site.exchange.registry import Kept, Plan, Undone
from customers.importers.removing import remove
from customers.importers.touched import EDITED
from service.groups.models import GroupSuggestion
from service.groups.services.forgetting import forget_texts
from service.tickets.models import Ticket

REVERTED = "complaints.import_reverted"


class ComplaintReverter:
    """Takes back the parts of one import of complaints."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back, inside the caller's transaction."""
        undone = Undone()
        rows = {pk: (row, version) for row, pk, version in trace["created"]}
        held = Ticket.objects.filter(pk__in=rows).order_by("pk").select_for_update(of=("self",))
        gone = []
        for pk, version, group in held.values_list("pk", "version", "group"):
            if version != rows[pk][1] or group is not None:
                undone.kept.append(Kept(rows[pk][0], pk, EDITED))
            else:
                gone.append(pk)
        forget_texts(gone)
        undone.counts["removed"] += remove(Ticket, gone)
        undone.counts["kept"] += len(undone.kept)
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event, and drop suggestions that have lost their members."""
        made = sorted(chain.from_iterable([one[1] for one in t["created"]] for t in traces))
        left = set(Ticket.objects.filter(pk__in=made).values_list("pk", flat=True))
        GroupSuggestion.objects.filter(texts=None, state__in=["growing", "open"]).delete()
        record_bulk(
            kind=REVERTED,
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="ticket",
            ids=[pk for pk in made if pk not in left],
            is_ascending=True,
            facts={"import_job": self._plan.job_id, "kept": len(left)},
        )


def subjects(user: Any, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return number and address of the tickets ``user`` sees."""
    seen = Ticket.objects.visible_to(user).filter(pk__in=keys)
    return {ticket.pk: (ticket.number, ticket.get_absolute_url()) for ticket in seen}
