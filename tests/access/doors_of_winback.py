"""The addresses of winback: part of the table of access."""

from tests.access.gates import Door, action, api, page

SEE, WORK = "see warnings", "win customers back"
WINBACK_DOORS: dict[str, Door] = {
    "analytics:churn-alerts": page(SEE),
    "analytics:winback-cases": page(SEE),
    "analytics:winback-case": page(SEE, of="customer"),
    "analytics:winback-call": page(WORK, of="customer", post=422),
    "analytics:winback-plan": page(WORK, of="customer", post=422),
    "analytics:winback-price": page("offer compensation", of="customer", post=422),
    "analytics:winback-gift": page(WORK, of="customer", post=422),
    "analytics:winback-upgrade": page(WORK, of="customer", post=422),
    "analytics:winback-upgrade-stop": action(WORK, 302, of="customer"),
    "analytics:winback-upgrade-after": page(WORK, of="customer", post=422),
    "analytics:winback-take-back": action("take rewards back", 409, of="customer"),
    "analytics:churn-results": page("see recovery"),
    "api:churn-alert-list": api("", SEE, of=""),
    "api:churn-alert-detail": api("churn_alert", SEE, of="customer"),
}
