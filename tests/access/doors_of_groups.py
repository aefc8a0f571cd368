"""The addresses of groups: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, LEAD = "see groups", "lead groups"
COMMAND = "command crises"
GROUPS_DOORS: dict[str, Door] = {
    "service:group-list": page(SEE),
    "service:group-formed": page(SEE),
    "service:group-suggestion": page(SEE, of="project"),
    "service:group-accept": page(LEAD, of="project", post=422),
    "service:group-reject": page(LEAD, of="project", post=422),
    "service:group-plan": page(LEAD, of="ticket", post=422),
    "service:group-step": page(LEAD, of="ticket", post=422),
    "service:group-answer": page(LEAD, of="ticket", post=422),
    "service:group-take": action(LEAD, 302, of="ticket"),
    "service:group-found": page(LEAD, of="ticket", post=422),
    "service:group-release": action(LEAD, 302, of="ticket"),
    "service:group-represent": action(LEAD, 302, of="ticket"),
    "service:group-step-done": action(LEAD, 302, of="ticket"),
    "service:crisis-list": page(SEE),
    "service:crisis-add": page(COMMAND, post=422),
    "service:crisis-room": page(SEE, of="ticket"),
    "service:crisis-level": page(COMMAND, of="ticket", post=422),
    "service:crisis-duty": page(COMMAND, of="ticket", post=422),
    "service:crisis-entry": page(COMMAND, of="ticket", post=422),
    "service:crisis-statement": page(COMMAND, of="ticket", post=422),
    "service:crisis-review": page(COMMAND, of="ticket", post=422),
    "service:statement-decide": page("approve statements", of="ticket", post=422),
    "service:statement-out": action(COMMAND, 409, of="ticket"),
}
