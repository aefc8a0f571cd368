"""The addresses of reviews: part of the table of access."""

from tests.access.gates import Door, Gate, action, api, page

SEE, KEEP, DIRECT, OWN = "see reviews", "keep reviews", "direct reviews", "answer for measures"

REVIEWS_DOORS: dict[str, Door] = {
    "analytics:performance-reports": page(SEE),
    "analytics:performance-report-open": page(KEEP, post=422),
    "analytics:performance-report": page(SEE),
    "analytics:performance-report-edit": page(KEEP, post=409),  # it is published
    "analytics:performance-report-publish": action(KEEP, 409),
    "analytics:performance-report-pdf": page(SEE),
    "analytics:report-measure-add": page(KEEP, post=422),
    "analytics:measures": page(OWN),
    "analytics:measure": page(OWN, of="measure", post=422),
    "analytics:measure-edit": page(KEEP, of="measure", post=422),
    "analytics:management-reviews": page(SEE),
    "analytics:management-review-plan": page(DIRECT, post=422),
    "analytics:management-review": page(SEE),
    "analytics:management-review-edit": page(DIRECT, post=302),  # every field may stay empty
    "analytics:review-decision-add": page(DIRECT, post=422),
    "analytics:review-action-add": page(DIRECT, post=422),
    "analytics:management-review-close": action(DIRECT, 409),
    "analytics:filings": page(SEE),
    "analytics:filing": page(SEE, post=422),
    "analytics:filing-edit": page(DIRECT, post=422),
    "analytics:weekly-reports": page(SEE),
    "analytics:weekly-report": page(SEE),
    "analytics:programme-goals": page(SEE),
    "analytics:long-term-elements": page(SEE),
    "analytics:maturity": page(SEE),
    "api:performance-report-list": api("", SEE, of=""),
    "api:performance-report-detail": api("performance_report", SEE, of=""),
    "api:measure-list": api("", OWN, of=""),
    "api:measure-detail": api("measure", OWN, of="measure"),
    "api:measure-finish": api("measure", "", of="measure", POST=Gate(OWN, 400)),
    "api:management-review-list": api("", SEE, of=""),
    "api:management-review-detail": api("management_review", SEE, of=""),
    "api:filing-list": api("", SEE, of=""),
    "api:filing-detail": api("filing", SEE, of=""),
    "api:filing-hand-in": api("filing", "", of="", POST=Gate(KEEP, 400)),
    "api:filing-comment": api("filing", "", of="", POST=Gate(DIRECT, 400)),
    "api:weekly-report-list": api("", SEE, of=""),
    "api:weekly-report-detail": api("weekly_report", SEE, of=""),
}
