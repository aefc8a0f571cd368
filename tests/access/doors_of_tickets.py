"""The addresses of tickets: part of the table of access."""

from tests.access.gates import Door, Gate, action, api, page

SEE, WORK, LEAD = "see tickets", "handle tickets", "lead tickets"
TICKETS_DOORS: dict[str, Door] = {
    "service:ticket-list": page(SEE),
    "service:ticket-board": page(SEE),
    "service:ticket-report": page(SEE),
    "service:ticket-add": page(WORK, post=422),
    "service:ticket-detail": page(SEE, of="ticket"),
    "service:ticket-phone": action("ask for phones of tickets", 422, of="ticket"),
    "service:ticket-edit": page(WORK, of="ticket", post=422),
    "service:ticket-step": page(WORK, of="ticket", post=422),
    "service:ticket-transfer": page(WORK, of="ticket", post=422),
    "service:ticket-transfer-answer": action(WORK, 404, of="ticket"),
    "service:ticket-task": page(WORK, of="ticket", post=422),
    "service:ticket-task-end": page(SEE, of="ticket task", post=422),
    "service:ticket-direct": page("direct tickets", of="ticket", post=422),
    "service:ticket-directive-answer": page(WORK, of="ticket", post=422),
    "service:ticket-paper-add": page(WORK, of="ticket", post=422),
    "service:ticket-paper": page(SEE, of="ticket"),
    "service:ticket-merge": page(LEAD, of="ticket", post=422),
    "service:ticket-unmerge": action(LEAD, 302, of="ticket"),
    "service:ticket-split": page(WORK, of="ticket", post=422),
    "service:ticket-link": page(WORK, of="ticket", post=422),
    "service:ticket-unlink": action(WORK, 302, of="ticket"),
    "service:ticket-classes": page(LEAD),
    "service:ticket-class-add": page(LEAD, post=422),
    "service:ticket-class-edit": page(LEAD, post=422),
    "service:ticket-classes-install": action(LEAD, 302),
    "service:ticket-officers": page(LEAD, post=422),
    "service:customer-tickets": page("see tickets of customers", of="customer"),
    "api:ticket-list": api("", SEE, of="", POST=Gate(WORK, 400)),
    "api:ticket-detail": api("ticket", SEE, of="ticket"),
    "api:ticket-close": api("ticket", "", of="ticket", POST=Gate(WORK, 400)),
}
