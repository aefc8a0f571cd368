"""The addresses of reviews: part of the table of access."""

from tests.access.gates import Door, action, page

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
}
