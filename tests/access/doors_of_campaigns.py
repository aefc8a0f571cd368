"""The addresses of campaigns: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, KEEP, MONEY = "see campaigns", "keep campaigns", "see budgets"
SET, ASK, PAY = "set budgets", "request cost", "pay cost"

CAMPAIGNS_DOORS: dict[str, Door] = {
    "marketing:campaigns": page(SEE),
    "marketing:campaign-add": page(KEEP, post=422),
    "marketing:campaign-calendar": page(SEE),
    "marketing:publicity-grid": page(SEE),
    "marketing:publicity-grid-xlsx": page(SEE),
    "marketing:campaign-report": page(SEE),
    "marketing:campaign": page(SEE),
    "marketing:campaign-edit": page(KEEP, post=422),
    "marketing:campaign-mix": page(KEEP, post=302),
    "marketing:campaign-ask": page(KEEP, post=409),
    "marketing:campaign-withdraw": action(KEEP, 409),
    "marketing:campaign-launch": action(KEEP, 409),
    "marketing:campaign-end": action(KEEP, 409),
    "marketing:campaign-stop": page(KEEP, post=422),
    "marketing:campaign-loop": page(KEEP, post=422),
    "marketing:campaign-review": page(KEEP, post=422),
    "marketing:campaign-effect": page(SEE),
    "marketing:campaign-rows": page(SEE, get=404),
    "marketing:placement-add": page(KEEP, post=422),
    "marketing:placement-edit": page(KEEP, post=422),
    "marketing:placement-remove": action(KEEP, 302),
    "marketing:budgets": page(MONEY),
    "marketing:budget-add": page(SET, post=422),
    "marketing:budget-move": page(ASK, post=422),
    "marketing:budget": page(MONEY),
    "marketing:budget-edit": page(SET, post=422),
    "marketing:costs": page(MONEY),
    "marketing:cost-add": page(ASK, post=422),
    "marketing:cost": page(MONEY),
    "marketing:cost-pay": page(PAY, post=422),
    "marketing:cost-allocate": page(PAY, post=302),
    "marketing:planning-cases": page(SEE),
    "marketing:planning-case-add": page(KEEP, post=422),
    "marketing:planning-case": page(SEE, post=422),
}
