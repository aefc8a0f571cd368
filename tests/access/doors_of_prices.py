"""The addresses of prices and claims; part of the table of access in ``doors``."""

from tests.access.gates import Door, action, api, open_page, page

PRICE_DOORS: dict[str, Door] = {
    "customers:price-lists": page("see units"),
    "customers:price-list-add": page("edit prices", post=422),
    "customers:price-list-detail": page("see units", of="price list"),
    "customers:price-list-reprice": page("edit prices", of="price list", post=422),
    "customers:price-list-radius": page("see floor prices", of="price list"),
    "customers:price-list-submit": action("edit prices", 409, of="price list"),
    "customers:unit-prices": page("see units", of="unit"),
    "customers:discount-list": page("see units"),
    "customers:discount-detail": page("see units", of="letter"),
    "customers:discount-add": page("sell units", of="unit", post=422),
    "customers:price-statement": page("see units", of="purchase", get=404),
    "customers:price-letter-list": page("see units"),
    "customers:price-letter-add": page("sell units", of="unit", post=422),
    "customers:price-letter-detail": page("see units", of="letter"),
    "customers:price-letter-document": page("see units", of="letter"),
    "customers:price-letter-sign": action("sell units", 302, of="letter"),
    "customers:price-letter-countersign": action("countersign letters", 409, of="letter"),
    "customers:price-wall": open_page(),
    "customers:claim-list": page("see claims"),
    "customers:claim-report": page("report claims", post=422),
    "customers:claim-detail": page("see claims", of="customer"),
    "customers:claim-event": page("report claims", of="customer", post=422),
    "customers:claim-judge": action("see claims", 302, of="customer"),
    "customers:claim-decide": page("decide claims", of="customer", post=422),
    "api:unit-price": api("unit", "see units", of="unit"),
    "api:claim-case-list": api("", "see claims", of=""),
    "api:claim-case-detail": api("claim_case", "see claims", of="customer"),
}
