"""The references of the buyer's way; part of the table in ``test_references``."""

from tests.access.cases import Case

JOURNEY_CASES: dict[str, Case] = {
    "ViewingForm.customer": Case("consultant", "/viewings/add/", "customer", "customer"),
    "TourForm.customer": Case("consultant", "/units/{unit}/tour/", "customer", "customer"),
    "SpecialistForm.person": Case(
        "supervisor", "/purchases/{purchase}/specialist/", "person", "person"
    ),
    "NoticeForm.project": Case(
        "agent", "/desk/notice/", "project", "project", lambda _w: {"title": "x", "body": "x"}
    ),
    "ProjectForm.specialist": Case(
        "executive", "/projects/{project}/edit/", "specialist", "person"
    ),
}
