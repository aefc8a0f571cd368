"""The addresses of repairs: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, WORK, KEEP = "see repairs", "work on repairs", "keep contractors"
ANSWER, UPKEEP = "answer improvements", "keep upkeep"

REPAIRS_DOORS: dict[str, Door] = {
    "service:repair-list": page(SEE),
    "service:repair-add": page(WORK, post=422),
    "service:repair-detail": page(SEE, of="project"),
    "service:repair-photo": page(SEE, get=404),
    **{
        f"service:repair-{act}": page(WORK, of="project", post=422)
        for act in ("classify", "dispatch", "visit", "repair", "accept", "refuse", "reopen")
    },
    "service:charge-list": page(SEE),
    "service:charge-add": page("charge contractors", of="project", post=422),
    "service:charge-move": page("charge contractors", of="project", post=422),
    "service:contractor-list": page(SEE),
    "service:contractor-add": page(KEEP, post=422),
    "service:contractor-detail": page(SEE),
    "service:contractor-edit": page(KEEP, post=422),
    "service:contractor-jobs": page(SEE),
    "service:built-list": page(SEE),
    "service:built-by": page(KEEP, of="project", post=302),
    "service:learning": page(SEE),
    "service:learning-rows": page(SEE),
    "service:improvement-ask": page(ANSWER, post=422),
    "service:project-lessons": page(SEE, of="project"),
    "service:lesson-deal": action(ANSWER, 409, of="project"),
    "service:upkeep-list": page(SEE),
    "service:upkeep-add": page(UPKEEP, post=422),
    "service:upkeep-plan": page(SEE, of="project"),
    "service:upkeep-edit": page(UPKEEP, of="project", post=422),
    "service:upkeep-item-add": page(UPKEEP, of="project", post=422),
    "service:upkeep-item-edit": page(UPKEEP, of="project", post=422),
}
