"""The addresses of surveys: part of the table of access."""

from tests.access.gates import Door, action, api, open_page, page

SEE, MANAGE = "see surveys", "manage surveys"

SURVEYS_DOORS: dict[str, Door] = {
    "service:survey-answer": open_page(404, POST=404),  # counts wrong links, tells nothing
    "service:survey-list": page(SEE),
    "service:survey-add": page(MANAGE, post=422),
    "service:survey-detail": page(SEE, of="survey"),
    "service:survey-edit": page(MANAGE, of="survey", post=422),
    "service:survey-preview": page(SEE, of="survey"),
    "service:survey-open": action(MANAGE, 409, of="survey"),
    "service:survey-close": action(MANAGE, 302, of="survey"),
    "service:survey-answers": page(SEE, of="survey"),
    "service:survey-plan": page(MANAGE, of="survey", post=302),
    "service:improvement-item": page(MANAGE, of="survey", post=422),
    "service:satisfaction": page(SEE),
    "service:satisfaction-answers": page(SEE),
    "service:satisfaction-sales": page(SEE),
    "service:satisfaction-reports": page(SEE),
    "service:satisfaction-report-add": page(MANAGE, post=422),
    "service:satisfaction-report": page(SEE, of="survey report"),
    "service:satisfaction-report-pdf": page(SEE, of="survey report"),
    "api:survey-list": api("", SEE, of=""),
    "api:survey-detail": api("survey", SEE, of="survey"),
    "api:survey-response-list": api("", SEE, of=""),
    "api:survey-response-detail": api("survey_response", SEE, of="survey"),
}
