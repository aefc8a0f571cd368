"""The addresses of attribution: part of the table of access."""

from tests.access.gates import Door, page

SEE = "see attribution"

ATTRIBUTION_DOORS: dict[str, Door] = {
    "marketing:attribution": page(SEE),
    "marketing:attribution-csv": page(SEE),
    "marketing:attribution-xlsx": page(SEE),
    "marketing:attribution-contracts": page(SEE),
    "marketing:purchase-attribution": page(SEE, get=404),  # the world's purchase is not signed
}
