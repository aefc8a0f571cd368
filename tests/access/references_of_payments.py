"""The references of payments and papers; part of the table of references."""

from tests.access.cases import Case

PAYMENT_CASES: dict[str, Case] = {
    "TransferForm.receiver": Case(
        "consultant",
        "/purchases/{purchase}/file/send/",
        "receiver",
        "specialist",
        lambda _w: {"side": "service", "note": "x"},
    ),
    "ReceiptCreateSerializer.purchase": Case(
        "finance",
        "payments/",
        "purchase",
        "purchase",
        lambda _w: {"amount": "5", "receipt_no": "x", "received_on": "2026-01-01"},
    ),
}
