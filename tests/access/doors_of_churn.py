"""The addresses of churn: part of the table of access."""

from tests.access.gates import Door, api, page

SEE, LOSSES, RECORD = "see risks of leaving", "see losses", "record losses"
CHURN_DOORS: dict[str, Door] = {
    "analytics:churn-list": page(SEE),
    "analytics:churn-customer": page(SEE, of="customer"),
    "analytics:churn-why": page(SEE, of="customer"),
    "analytics:churn-loss-add": page(RECORD, of="customer", post=422),
    "analytics:churn-loss-list": page(LOSSES),
    "analytics:churn-loss": page(RECORD, of="customer", post=422),
    "analytics:churn-loss-end": page(RECORD, of="customer", post=422),
    "analytics:churn-report": page(LOSSES),
    "api:churn-score-list": api("", SEE, of=""),
    "api:churn-score-detail": api("customer", SEE, of="customer"),
}
