"""The addresses of improvement: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, KEEP, OWN = "see improvement", "keep improvement", "see own results"
LEAD, MONEY, PAY, AWARD = "appraise", "see bonuses", "pay bonuses", "award stars"

IMPROVEMENT_DOORS: dict[str, Door] = {
    "analytics:pdca-board": page(SEE),
    "analytics:pdca-item-add": page(KEEP, post=422),
    "analytics:pdca-item": page(SEE, post=422),
    "analytics:pdca-item-edit": page(KEEP, post=422),
    "analytics:pdca-item-drop": page(KEEP, post=422),
    "analytics:pdca-item-means": page(SEE, post=422),
    "analytics:programmes": page(SEE),
    "analytics:programme-add": page(KEEP, post=422),
    "analytics:programme": page(SEE),
    "analytics:programme-edit": page(KEEP, post=422),
    "analytics:programme-gate": page(KEEP, post=422),
    "analytics:programme-evaluate": page(KEEP, post=422),
    "analytics:workshop-add": page(KEEP, post=422),
    "analytics:workshop": page(SEE, post=422),
    "analytics:department-indicators": page(SEE),
    "analytics:experiment-results": page(SEE),
    "analytics:appraisals": page(OWN),
    "analytics:appraisal-open": page(LEAD, post=422),
    "analytics:promotion-candidates": page(LEAD),
    "analytics:appraisal": page(OWN, of="appraisal"),
    "analytics:appraisal-edit": page(LEAD, of="appraisal", post=422),
    "analytics:appraisal-publish": action(LEAD, 409, of="appraisal"),
    "analytics:appraisal-appeal": page(OWN, of="appraisal", post=422),
    "analytics:appraisal-decide": page(LEAD, of="appraisal", post=422),
    "analytics:own-results": page(OWN),
    "analytics:person-results": page(OWN, of="appraisal"),
    "analytics:honour-add": page(LEAD, of="appraisal", post=422),
    "analytics:incentive-add": page(PAY, of="appraisal", post=422),
    "analytics:incentive-reverse": page(PAY, of="appraisal", post=422),
    "analytics:service-star": page(OWN, post=422),
    "analytics:star-award": action(AWARD, 409),
    "analytics:star-vote": action(OWN, 302),
    "analytics:bonus-runs": page(MONEY),
    "analytics:bonus-run-add": page(PAY, post=422),
    "analytics:bonus-run": page(MONEY),
    "analytics:bonus-run-ask": action(PAY, 409),
    "analytics:bonus-run-paid": action(PAY, 409),
}
