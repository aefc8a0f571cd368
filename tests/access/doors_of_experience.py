"""The addresses of experience: part of the table of access."""

from tests.access.gates import Door, action, page

LOOK, KEEP = "see the journey", "keep the journey"
READ, PICK = "read stories", "pick stories"

EXPERIENCE_DOORS: dict[str, Door] = {
    "service:remark-list": page("be signed in"),
    "service:remark-add": page("be signed in", post=422),
    "service:remark-detail": page("be signed in", of="own remark"),
    "service:journey": page(LOOK),
    "service:journey-rows": page(LOOK, get=404),
    "service:touchpoint-list": page(LOOK),
    "service:touchpoint-add": page(KEEP, post=422),
    "service:touchpoint-edit": page(KEEP, post=422),
    "service:story-list": page(READ),
    "service:story-add": page(READ, post=422),
    "service:story-detail": page(READ),
    "service:story-edit": page("change the story", post=422),
    "service:story-like": action(READ, 302),
    "service:story-pick": action(PICK, 409),
    "service:story-use": page(PICK, post=422),
    "service:working-group": page(LOOK),
    "service:group-items": page(LOOK),
    "service:group-item": page(KEEP, post=422),
    "service:group-item-add": page(KEEP, post=422),
    "service:group-member": page(KEEP, post=422),
    "service:group-member-add": page(KEEP, post=422),
    "service:group-meeting-add": page(KEEP, post=422),
}
