"""The addresses of the buyer's way; part of the table of access in ``doors``."""

from tests.access.gates import Door, Gate, action, api, open_page, page

JOURNEY_DOORS: dict[str, Door] = {
    # the interaction file and the customer specialist
    "customers:purchase-files": page("see units"),
    "customers:purchase-file": page("see units", of="purchase"),
    "customers:purchase-file-tell": page("sell units", of="purchase", post=422),
    "customers:purchase-file-confirm": page("sell units", of="purchase", post=422),
    "customers:factor-buyers": page("see units", of="project"),
    "customers:first-contacts": page("see units"),
    "customers:purchase-specialist": Door(
        {
            "GET": Gate("see units", 200),
            "HEAD": Gate("see units", 200),
            "POST": Gate("name specialists", 422),
        },
        of="purchase",
    ),
    # viewings; the one of the world is tomorrow
    "customers:viewing-list": page("see units"),
    "customers:viewing-add": page("plan meetings", post=422),
    "customers:book-online": open_page(410, POST=410),
    "customers:booking-link": page("plan meetings", of="customer"),
    "customers:viewing-confirm": action("plan meetings", 302, of="customer"),
    "customers:viewing-check-in": action("plan meetings", 409, of="customer"),
    "customers:viewing-no-show": action("plan meetings", 409, of="customer"),
    "customers:viewing-call-off": page("plan meetings", of="customer", post=422),
    # one page from enquiry to contract, tours, the remote pack
    "customers:way-list": page("see customers"),
    "customers:customer-way": page("see customers", of="customer"),
    "customers:customer-remote": action("work on tasks", 302, of="customer"),
    "customers:customer-remote-end": action("work on tasks", 422, of="customer"),
    "customers:unit-tour": page("sell units", of="unit", post=422),
    "api:tour-view-list": api("", "", of="", POST=Gate("send behaviour", 400)),
    # the customer desk
    "customers:desk": page("work at the desk"),
    "customers:desk-notice": page("work at the desk", post=422),
}
