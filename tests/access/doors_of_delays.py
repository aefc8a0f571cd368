"""The addresses of delays: part of the table of access."""

from tests.access.gates import Door, page

SEE = "see delays"
DELAYS_DOORS: dict[str, Door] = {
    "service:delay-list": page(SEE),
    "service:delay-risk": page(SEE, of="project"),
    "service:delay-homes": page(SEE, of="project"),
    "service:delay-notice": page("decide changes", of="project", post=422),
    "service:delay-term": page("keep promised days", of="project", post=422),
}
