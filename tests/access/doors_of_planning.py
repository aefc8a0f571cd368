"""The addresses of planning: part of the table of access."""

from tests.access.gates import Door, page

SEE, SEND = "see planning", "hand over sheets"
PLANNING_DOORS: dict[str, Door] = {
    "marketing:plan-list": page(SEE),
    "marketing:goal-progress": page(SEE),
    "marketing:market-knowledge": page(SEE),
    "marketing:brand": page(SEE),
    "marketing:sheet-sendings": page(SEE),
    "marketing:customer-sheets": page(SEND, of="customer", post=422),
}
