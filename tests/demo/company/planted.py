"""The group complaints planted in the demo company, and those the night suggests."""

from crm_site.demo.service.groups import PLANTED
from service.tickets.models import Ticket


def planted_groups() -> dict[str, set[int]]:
    """Return the keys of the tickets of each planted matter."""
    planted: dict[str, set[int]] = {}
    rows = Ticket.objects.filter(source=PLANTED)
    for pk, name in rows.values_list("pk", "source_id"):
        planted.setdefault(name.split(":")[0], set()).add(pk)
    return planted


def suggested_groups() -> dict[int, set[int]]:
    """Return the keys of the tickets of each group that is suggested."""
    found: dict[int, set[int]] = {}
    texts = Ticket.objects.filter(text__suggestion__isnull=False)
    for pk, key in texts.values_list("pk", "text__suggestion"):
        found.setdefault(key, set()).add(pk)
    return found
