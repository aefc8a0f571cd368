"""The addresses of value: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, DECIDE, BOOK = "see value", "decide value", "book value"
VALUE_DOORS: dict[str, Door] = {
    "analytics:customer-value": page("see customer value", of="customer"),
    "analytics:value-list": page(SEE),
    "analytics:value-likely": page(SEE),
    "analytics:value-intent": page("see customer value"),
    "analytics:value-segments": page(SEE),
    "analytics:value-clusters": page(SEE),
    "analytics:value-cluster": page(SEE),
    "analytics:value-rules": page(SEE),
    "analytics:value-rule-decide": action(DECIDE, 409),
    "analytics:value-forecasts": page(SEE),
    "analytics:value-model": page(SEE),
    "analytics:value-advice": page(SEE),
    "analytics:value-advice-card": page(SEE, of="project"),
    "analytics:value-advice-decide": action(DECIDE, 409, of="project"),
    "analytics:value-advice-outcome": action(DECIDE, 422, of="project"),
    "analytics:value-mix": page(SEE),
    "analytics:value-mix-add": page(DECIDE, post=422),
    "analytics:value-mix-plan": page(SEE, of="project"),
    "analytics:value-mix-channel": page(DECIDE, of="project", post=422),
    "analytics:value-mix-remove": action(DECIDE, 302, of="project"),
    "analytics:value-mix-hand-in": action(DECIDE, 302, of="project"),
    "analytics:value-costs": page(SEE),
    "analytics:value-cost-add": page(BOOK, post=422),
    "analytics:value-cost": page(SEE, of="project"),
    "analytics:value-cost-reverse": action(BOOK, 302, of="project"),
    "analytics:value-incomes": page(SEE),
    "analytics:value-income-add": page(BOOK, post=422),
    "analytics:value-income-reverse": action(BOOK, 302, of="customer"),
}
