"""The addresses of knowledge: part of the table of access."""

from tests.access.gates import Door, action, open_page, page

KNOWLEDGE_DOORS: dict[str, Door] = {
    "service:article-list": page("read articles"),
    "service:article-search": page("read articles"),
    "service:article-add": page("write articles", post=422),
    "service:article-detail": page("read articles"),
    "service:article-file": page("write articles", post=422),
    "service:article-check": page("read articles", post=422),
    "service:article-use": action("read articles", 302),
    "service:article-rate": action("read articles", 409),
    "service:missing-list": page("find missing answers"),
    "service:missing-detail": page("find missing answers"),
    "service:missing-assign": page("find missing answers", post=422),
    "service:missing-answer": page("find missing answers", post=422),
    "service:missing-dismiss": page("find missing answers", post=422),
    # the public help page
    "service:help": open_page(200),
    "service:help-ask": open_page(405, GET=405, HEAD=405, POST=422),
    "service:help-rate": open_page(405, GET=405, HEAD=405, POST=404),
    "service:help-person": open_page(200, POST=422),
    "service:help-opened": open_page(302),
    "service:help-track": open_page(200, POST=422),
    "service:help-article": open_page(404),
    "service:help-credo": open_page(200),
    "service:help-rating": open_page(404, POST=404),
    "service:help-case-list": page("find missing answers"),
    "service:help-case-called": action("find missing answers", 302, of="customer"),
    "service:ticket-reply": page("answer tickets", of="customer", post=422),
    # ratings and opinions
    "service:rating-list": page("see ratings"),
    "service:rating-note": page("see ratings", of="rated ticket", post=422),
    "service:opinion-list": page("answer feedback"),
    "service:feedback-reply": page("answer feedback", of="customer", post=422),
    # services
    "service:service-list": page("see services"),
    "service:service-add": page("edit services", post=422),
    "service:service-complete": action("edit services", 302),
    "service:service-edit": page("edit services", post=422),
    "service:service-book": page("book services", post=422),
    "service:service-order-list": page("see services"),
    "service:service-order": page("see services", of="customer"),
    "service:service-order-step": page("book services", of="customer", post=422),
    # expectations and the centre
    "service:gap-list": page("see customers"),
    "service:centre": page("see the centre"),
    "service:centre-unit-add": page("plan the centre", post=422),
    "service:centre-unit": page("see the centre"),
    "service:centre-unit-edit": page("plan the centre", of="project", post=422),
    "service:centre-work-add": page("plan the centre", of="project", post=422),
}
