"""The addresses of payments, papers and signing; part of the table of access in ``doors``."""

from tests.access.gates import Door, Gate, action, api, open_page, page

PAYMENT_DOORS: dict[str, Door] = {
    "customers:arrears": page("see payments"),
    "customers:purchase-payments": page("see payments", of="purchase"),
    "customers:payment-plan": page("plan payments", of="purchase", post=422),
    "customers:receipt-add": page("book payments", of="purchase", post=422),
    "customers:refund-add": page("book payments", of="purchase", post=422),
    "customers:receipt-reverse": page("book payments", of="purchase", post=422),
    "customers:mortgage-list": page("see payments"),
    "customers:purchase-mortgages": page("see payments", of="purchase"),
    "customers:mortgage-add": page("handle mortgages", of="purchase", post=422),
    "customers:mortgage-step": page("handle mortgages", of="purchase", post=422),
    "customers:purchase-file": page("see units", of="purchase"),
    "customers:paper-take": page("keep papers", of="purchase", post=422),
    "customers:paper-withdraw": page("keep papers", of="purchase", post=422),
    "customers:paper-copy": page("keep papers", of="purchase"),
    "customers:file-send": page("keep papers", of="purchase", post=422),
    "customers:file-transfers": page("see units"),
    # The transfer of the world goes to the specialist; nobody else signs for it.
    "customers:file-accept": action("sign for files", 302, of="file"),
    "customers:file-refuse": page("sign for files", of="file", post=422),
    "customers:file-withdraw": action("call files back", 302, of="file"),
    "customers:signing-times": page("see units"),
    "customers:purchase-signing": page("see units", of="purchase"),
    "customers:signing-sheet": page("see units", of="purchase", get=404),
    "customers:signing-send": page("sign purchases", of="purchase", post=422),
    "customers:signing-withdraw": action("sign purchases", 302, of="purchase"),
    "customers:desk-book": page("sell units", of="purchase", post=422),
    "customers:desk-cancel": action("sell units", 302, of="purchase"),
    "customers:sign": open_page(404, POST=404),
    "api:payment-list": api("", "list payments", of="", POST=Gate("book payments", 400)),
    "api:payment-detail": api("receipt", "list payments", of="purchase"),
    "api:signing-callback": Door(
        {"POST": Gate("be signed in", 400)}, open_to_all={"POST": 400}, is_api=True
    ),
}
