"""The addresses of selling: part of the table of access."""

from tests.access.gates import Door, action, page

PLANS, KEEP = "see sales plans", "keep sales plans"
QUALITY, CHECK, OWN = "see selling quality", "check selling", "take selling tests"
BRING, TALKS, TALK = "bring third parties", "see interviews", "keep interviews"

SELLING_DOORS: dict[str, Door] = {
    "marketing:sales-plans": page(PLANS),
    "marketing:sales-plan-add": page(KEEP, post=422),
    "marketing:sales-plan": page(PLANS),
    "marketing:sales-plan-edit": page(KEEP, post=422),
    "marketing:sales-plan-share": action(KEEP, 409),
    "marketing:sales-plan-ask": action(KEEP, 409),
    "marketing:sales-plan-adjust": page(KEEP, post=422),
    "marketing:sales-plan-discard": action(KEEP, 409),
    "marketing:sales-statistics": page(PLANS),
    "marketing:sales-statistics-xlsx": page(PLANS),
    "marketing:sales-papers": page("see units"),
    "marketing:selling-checks": page(QUALITY),
    "marketing:mystery-add": page(CHECK, post=422),
    "marketing:selling-check": page(QUALITY),
    "marketing:selling-check-strike": page(CHECK, post=422),
    "marketing:competence": page(QUALITY),
    "marketing:own-selling": page(OWN),
    "marketing:sales-offices": page(QUALITY),
    "marketing:sales-office-add": page(CHECK, post=422),
    "marketing:sales-office": page(QUALITY),
    "marketing:sales-office-edit": page(CHECK, post=422),
    "marketing:third-party": page(BRING, of="customer"),
    "marketing:third-party-add": page(BRING, of="customer", post=422),
    "marketing:third-party-drop": action(BRING, 302, of="customer"),
    "marketing:interview-programmes": page(TALKS),
    "marketing:interview-programme-add": page(TALK, post=422),
    "marketing:interview-programme": page(TALKS),
    "marketing:interview-programme-edit": page(TALK, post=422),
    "marketing:interview-programme-draw": action(TALK, 302),
    "marketing:depth-interview": page(TALKS),
    "marketing:depth-interview-hold": page(TALK, post=422),
    "marketing:depth-interview-drop": page(TALK, post=422),
    "marketing:interview-finding-link": page(TALK, post=422),
}
