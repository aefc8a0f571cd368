"""The addresses of clocks: part of the table of access."""

from tests.access.gates import Door, api, page

CLOCKS_DOORS: dict[str, Door] = {
    "service:ticket-timeliness": page("see timeliness"),
    "service:timeliness-cases": page("see timeliness"),
    "service:ticket-waiting": page("see timeliness"),
    "service:concern-analysis": page("see timeliness"),
    "service:concern-complaints": page("see timeliness"),
    # without a class there is nothing to decide about
    "service:concern-measure": page("decide concerns", post=404, get=404),
    "service:ticket-clocks": page("see tickets", of="ticket"),
    "service:ticket-clock-answer": page("handle tickets", of="ticket", post=422),
    "api:ticket-clock-list": api("", "see tickets", of=""),
    "api:ticket-clock-detail": api("ticket_clock", "see tickets", of="ticket"),
}
