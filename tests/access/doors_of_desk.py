"""The addresses of desk: part of the table of access."""

from tests.access.gates import Door, Gate, action, open_page, page

WORK, LEAD = "work at the call desk", "lead the call desk"
SIGNED = Door({"POST": Gate("be signed in", 403)}, open_to_all={"POST": 403}, is_api=True)

DESK_DOORS: dict[str, Door] = {
    "service:desk": page(WORK),
    "service:desk-now": page(WORK),
    "service:desk-seat-state": action(WORK, 409),
    "service:call-list": page(WORK),
    "service:call-detail": page(WORK, of="project", post=422),
    "service:call-accept": action(WORK, 302, of="project"),
    "service:call-choose": action(WORK, 404, of="project"),
    "service:call-caller": action("write callers down", 422, of="project"),
    "service:call-wrap": page(WORK, of="project", post=422),
    "service:desk-queue": page(WORK),
    "service:desk-visit": page(WORK, post=422),
    "service:desk-team": page(LEAD),
    "service:desk-seat": page(LEAD, post=422),
    "service:message-detail": page(WORK, of="project"),
    "service:message-take": action(WORK, 302, of="project"),
    "service:message-return": action(WORK, 409, of="project"),
    "service:customer-contacts": page(WORK, of="customer"),
    "service:sample-list": page(WORK),
    "service:sample-draw": action(LEAD, 302),
    "service:sample-detail": page(WORK, of="sample", post=302),
    "service:sample-score": action(LEAD, 302, of="sample"),
    "service:feedback-list": page(WORK),
    "service:feedback-add": page(WORK, post=422),
    "service:contact": open_page(POST=422),
    "service:self-service": open_page(POST=422),
    "api:cti-event": SIGNED,
    "api:cti-menu": SIGNED,
    "api:desk-message": SIGNED,
}
