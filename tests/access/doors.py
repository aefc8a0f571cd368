"""Every address of the site and who gets which answer at it: the one table of access.

The sets of people are written out by hand from the table of rights, not read from the code, so
that a change of either shows. Rules, in this order, for each door and method:

1. somebody who is not signed in is sent to the login page (302), at the API answered with 401,
   unless the door is ``open_to_all``;
2. a method without a gate is answered with 405 (or 403 where the whole door is shut);
3. whoever lacks the right is answered with 403;
4. whoever has it but not the record in scope is answered with 404;
5. everybody else gets the status of the gate.
"""

from dataclasses import dataclass, field

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ANONYMOUS = "anonymous"

CONSULTANTS = {"consultant", "consultant_b", "consultant_c"}
STAFF = CONSULTANTS | {
    *("supervisor", "marketing", "channel", "agent", "specialist", "service_manager"),
    *("engineering", "finance", "executive", "head_office", "sysadmin", "secadmin"),
    *("auditor", "privacy"),
}
NO_CUSTOMER_DATA = {"engineering", "sysadmin", "secadmin", "auditor"}

# Who may, by right.
MAY: dict[str, set[str]] = {
    "be signed in": STAFF,
    "see customers": STAFF - NO_CUSTOMER_DATA,
    "add customers": CONSULTANTS | {"supervisor", "agent"},
    "change customers": CONSULTANTS | {"supervisor"},
    "log talks": CONSULTANTS | {"supervisor", "agent", "specialist"},
    "work on tasks": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager", "executive"},
    "assign customers": {"supervisor", "executive"},
    "plan meetings": CONSULTANTS | {"supervisor", "specialist", "service_manager"},
    "edit playbooks": {"executive"},
    "see the team": {"supervisor", "service_manager", "executive", "head_office"},
    "record consents": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager", "privacy"},
    "hand over": {"supervisor", "executive"},
    "share customers": CONSULTANTS | {"supervisor", "executive"},
    "edit texts": {"marketing", "service_manager", "executive"},
    "lock grades": {"supervisor", "executive"},
    "merge customers": {"supervisor", "executive"},
    "override the class": {"supervisor", "executive"},
    "ask for phones": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager", "finance", "executive", "privacy"},
    "read policies": {"supervisor", "service_manager", "executive", "head_office", "secadmin"},
    "change policies": {"executive"},
    "approve policies": {"head_office"},
    "edit tags": {"supervisor", "marketing", "executive"},
    "change many": CONSULTANTS | {"supervisor", "executive"},
    "import": {"supervisor", "executive", "sysadmin"},
    "export": {"supervisor", "service_manager", "finance", "executive", "head_office"},
    "sign approvals": {"executive", "head_office"},
    "see accounts": {"sysadmin", "secadmin"},
    "edit strata": {"marketing", "executive"},
    "manage accounts": {"sysadmin"},
    "manage roles": {"secadmin"},
    "see health": {"sysadmin"},
    "read the audit trail": {"auditor"},
    "see data categories": {"privacy", "executive", "auditor"},
    "set data categories": {"privacy"},
    "send behaviour": {"marketing"},
}

# Who has the record of the test world in scope: a customer of ``consultant``, team A, project 1.
SEES: dict[str, set[str]] = {
    "customer": STAFF - {"consultant_b", "consultant_c"},
    "project": STAFF - {"consultant_c"},
    "notification": {"consultant"},
    "import": {"supervisor"},  # whoever started it
    "news": STAFF - {"consultant_c"},
    "export": {"supervisor"},  # whoever asked for it
    "own approval": {"supervisor"},
    "approval": {"supervisor", "executive", "head_office"},  # who asked, and who may sign
    "tag": STAFF,
    "bulk": {"consultant"},
    "view": {"consultant"},
    "": STAFF,
}


@dataclass(frozen=True, slots=True)
class Gate:
    """One method of a door: the right it needs, the answer to an empty request, and to others."""

    right: str
    status: int
    shut: int = 403


@dataclass(frozen=True, slots=True)
class Door:
    """One address. ``of`` names the record in it, ``model`` what its ``pk`` counts."""

    gates: dict[str, Gate] = field(default_factory=dict)
    of: str = ""
    model: str = ""
    open_to_all: dict[str, int] = field(default_factory=dict)
    is_api: bool = False

    def expected(self, who: str, method: str) -> set[int]:
        """Return the acceptable status codes for ``who`` and ``method``."""
        if who == ANONYMOUS:
            return {self._for_strangers(method)}
        gate = self.gates.get(method)
        if gate is None:
            return {405} if self._enters(who) else {405, 403}
        if who not in MAY[gate.right]:
            return {gate.shut}
        if who not in SEES[self.of]:
            return {404}
        return {gate.status}

    def methods_for(self, who: str) -> tuple[str, ...]:
        """Return the methods to try as ``who``: those of the door, and all as its witnesses.

        What a door does not take it refuses whoever knocks, so a stranger, one whom it lets in and
        one whom it does not are enough.
        """
        own = tuple(method for method in self.gates if method != "HEAD")
        return METHODS if who in self._witnesses() else own

    def _witnesses(self) -> set[str]:
        entering = sorted(who for who in STAFF if self._enters(who))
        shut_out = sorted(STAFF - set(entering))
        return {ANONYMOUS, *entering[:1], *shut_out[:1]}

    def _for_strangers(self, method: str) -> int:
        if self.open_to_all:
            return self.open_to_all.get(method, 405)
        return 401 if self.is_api else 302

    def _enters(self, who: str) -> bool:
        return any(who in MAY[gate.right] for gate in self.gates.values())


def page(right: str, *, of: str = "", post: int = 0, get: int = 200, shut: int = 403) -> Door:
    """Return a page that is read, and written to where ``post`` says what an empty form gives."""
    gates = {method: Gate(right, get, shut) for method in ("GET", "HEAD")}
    if post:
        gates["POST"] = Gate(right, post)
    return Door(gates, of=of)


def action(right: str, status: int, *, of: str = "") -> Door:
    """Return an address that only takes POST; ``status`` answers an empty form."""
    return Door({"POST": Gate(right, status)}, of=of)


def open_page(status: int = 200, **more: int) -> Door:
    """Return a page for everybody, signed in or not; ``more`` are answers to other methods."""
    answers = {"GET": status, "HEAD": status} | more
    gates = {method: Gate("be signed in", code) for method, code in answers.items()}
    return Door(gates, open_to_all=answers)


def api(model: str, read: str = "see customers", *, of: str, **writes: Gate) -> Door:
    """Return an address of the API that is read by ``read`` and written as ``writes`` say."""
    gates = {method: Gate(read, 200) for method in ("GET", "HEAD")} if read else {}
    return Door(gates | writes, of=of, model=model, is_api=True)


EVERY_METHOD = {"POST": 302, "PUT": 302, "PATCH": 302, "DELETE": 302, "OPTIONS": 302}
SIGNED_IN_AT_LOGIN = {
    method: Gate("be signed in", 302) for method in METHODS
}  # signed-in people are sent home

DOORS: dict[str, Door] = {
    # the way in and out
    "login": Door(
        SIGNED_IN_AT_LOGIN,
        open_to_all={"GET": 200, "HEAD": 200, "POST": 422, "PUT": 422, "OPTIONS": 200},
    ),
    "logout": Door({"POST": Gate("be signed in", 302)}, open_to_all={"POST": 302}),
    "password_change": Door(
        {
            "GET": Gate("be signed in", 200),
            "HEAD": Gate("be signed in", 200),
            "POST": Gate("be signed in", 422),
            "PUT": Gate("be signed in", 422),
            "OPTIONS": Gate("be signed in", 200),
        }
    ),
    "set_language": open_page(302, **EVERY_METHOD),
    "staff:second-factor": page("be signed in", get=302, post=302),
    "staff:set-password": open_page(POST=200, PUT=200, PATCH=200, DELETE=200, OPTIONS=200),
    # the frame
    "alive": open_page(),
    "ready": open_page(503),  # no worker runs in tests
    "common:health": page("see health"),
    "keep-session": action("be signed in", 204),
    "preferences": action("be signed in", 400),
    # accounts and the organisation
    "staff:user-list": page("see accounts"),
    "staff:user-add": page("manage accounts", post=422),
    "staff:organisation": page("manage accounts", post=422),
    "staff:user-detail": page("see accounts"),
    "staff:user-role": action("see accounts", 422),
    "staff:user-place": action("manage accounts", 422),
    "staff:user-deactivate": action("manage accounts", 302),
    "staff:user-reactivate": action("manage accounts", 302),
    "staff:user-second-factor-reset": action("manage roles", 302),
    "staff:user-password-link": action("manage accounts", 200),
    # audit
    "audit:event-list": page("read the audit trail"),
    "audit:chain-check": action("read the audit trail", 200),
    # notifications: everybody's own
    "outbox:notification-list": page("be signed in"),
    "outbox:bell": page("be signed in"),
    "outbox:notification-preferences": page("be signed in", post=302),
    "outbox:message-log": page("see health"),
    "outbox:notification-read-all": action("be signed in", 302),
    "outbox:notification-read": action("be signed in", 302, of="notification"),
    # policies
    "policies:policy-list": page("read policies"),
    "policies:policy-detail": page("read policies"),
    "policies:policy-propose": page("change policies", post=422),
    "policies:policy-preview": page("read policies", get=404),
    "policies:policy-submit": action("change policies", 409),
    "policies:policy-withdraw": action("change policies", 409),
    "policies:policy-approve": action("approve policies", 409),
    "policies:policy-reject": action("approve policies", 422),
    # the day, the team, the tasks
    "customers:today": page("work on tasks", shut=302),
    "customers:team": page("see the team"),
    "customers:task-done": action("work on tasks", 302, of="customer"),
    "customers:task-reopen": action("work on tasks", 409, of="customer"),
    "customers:task-postpone": action("work on tasks", 422, of="customer"),
    # customers
    "customers:customer-list": page("see customers"),
    "customers:pool": page("see customers"),
    "customers:pool-warnings": page("see customers"),
    "customers:offers": page("share customers"),
    "customers:offer-accept": action("share customers", 404),
    "customers:offer-decline": action("share customers", 404),
    "customers:offer-withdraw": action("share customers", 404),
    "customers:sharing": page("share customers", of="customer", post=422),
    "customers:hand-over-list": page("hand over"),
    "customers:hand-over": page("hand over", post=422),
    "customers:handover-briefing": page("see customers", get=404),
    "customers:workload": page("see the team"),
    "customers:compare": page("see the team"),
    "customers:customer-add": page("add customers", post=422),
    "customers:customer-exists": page("add customers"),
    "customers:customer-known": action("add customers", 200),
    "customers:duplicate-list": page("merge customers"),
    "customers:duplicate-detail": page("merge customers", of="customer"),
    "customers:duplicate-merge": action("merge customers", 422, of="customer"),
    "customers:duplicate-different": action("merge customers", 302, of="customer"),
    "customers:merge-detail": page("see customers", of="customer"),
    "customers:merge-undo": action("merge customers", 302, of="customer"),
    "customers:field-history": page("see customers", of="customer"),
    "customers:relation-list": Door(
        {
            "GET": Gate("see customers", 200),
            "HEAD": Gate("see customers", 200),
            "POST": Gate("change customers", 422),
        },
        of="customer",
    ),
    "customers:relation-remove": action("change customers", 302, of="customer"),
    "customers:customer-detail": page("see customers", of="customer"),
    "customers:customer-edit": page("change customers", of="customer", post=422),
    "customers:phone-reveal": action("ask for phones", 422, of="customer"),
    "customers:interaction-add": action("log talks", 422, of="customer"),
    "customers:quick-log": page("log talks", of="customer"),
    "customers:quick-log-save": action("log talks", 422, of="customer"),
    "customers:customer-assign": action("assign customers", 422, of="customer"),
    "customers:grade-why": page("see customers", of="customer"),
    "customers:grade-lock": action("lock grades", 422, of="customer"),
    "customers:grade-unlock": action("lock grades", 409, of="customer"),
    "customers:regrade-runs": page("read policies"),
    "customers:customer-take": action("work on tasks", 409, of="customer"),
    "customers:customer-return": action("assign customers", 422, of="customer"),
    "customers:customer-class": action("override the class", 422, of="customer"),
    # what is known of a customer
    "customers:data-categories": Door(
        {
            "GET": Gate("see data categories", 200),
            "HEAD": Gate("see data categories", 200),
            "POST": Gate("set data categories", 422),
        }
    ),
    "customers:customer-portrait": page("see customers", of="customer"),
    "customers:customer-intents": page("see customers", of="customer"),
    "customers:intent-add": action("change customers", 422, of="customer"),
    "customers:customer-preferences": page("see customers", of="customer"),
    "customers:preference-add": action("change customers", 422, of="customer"),
    "customers:preference-step": action("change customers", 422, of="customer"),
    "customers:consents": page("see customers", of="customer"),
    "customers:consent-record": action("record consents", 422, of="customer"),
    "customers:channel-refusal": action("record consents", 422, of="customer"),
    # where customers stand
    "customers:board": page("see customers"),
    "customers:unclosed": page("see customers"),
    "customers:groups": page("see customers"),
    "customers:standing": page("see the team"),
    "customers:standing-tab": page("see customers", of="customer"),
    "customers:customer-stage": action("change customers", 422, of="customer"),
    "customers:customer-group": page("change customers", of="customer", post=422),
    "customers:group-fields": page("change customers", of="customer"),
    "customers:strata": page("see customers"),
    "customers:stratum-add": page("edit strata", post=422),
    "customers:stratum-edit": page("edit strata", post=422),
    "customers:stratum-delete": action("edit strata", 302),
    "customers:text-list": page("see customers"),
    "customers:text-use": page("log talks", of="customer", get=204),
    "customers:text-edit": page("edit texts", post=422),
    "customers:news-list": page("see customers"),
    "customers:news-add": page("edit texts", post=422),
    "customers:news-detail": page("see customers", of="news"),
    "customers:news-edit": page("edit texts", of="news", post=422),
    "customers:news-publish": action("edit texts", 409, of="news"),
    "customers:news-withdraw": action("edit texts", 302, of="news"),
    "customers:news-not-told": page("see customers", of="news"),
    "customers:news-told": action("log talks", 422, of="customer"),
    "customers:telling-read": action("log talks", 302, of="customer"),
    # leads
    "customers:lead-detail": page("see customers", of="customer"),
    "customers:lead-stage": action("change customers", 422, of="customer"),
    "customers:lead-move": action("change customers", 422, of="customer"),
    "customers:lead-close": action("change customers", 409, of="customer"),
    # tags
    "customers:tag-list": page("edit tags"),
    "customers:tag-add": page("edit tags", post=422),
    "customers:tag-edit": page("edit tags", post=422, of="tag"),
    "customers:tag-retire": page("edit tags", post=422, of="tag"),
    "customers:bulk-start": page("change many", post=422),
    "customers:bulk-detail": page("change many", of="bulk"),
    "customers:bulk-undo": action("change many", 409, of="bulk"),
    "customers:bulk-reasons": page("change many", of="bulk"),
    "search": page("be signed in"),
    "saved-views": page("see customers"),
    "view-add": action("see customers", 422),
    "view-columns": action("see customers", 302),
    "view-save": action("be signed in", 302, of="view"),
    "view-change": action("be signed in", 422, of="view"),
    "view-delete": action("be signed in", 302, of="view"),
    "view-default": action("be signed in", 302, of="view"),
    "customers:customer-tags": page("change customers", of="customer"),
    "customers:customer-tag-put": action("change customers", 422, of="customer"),
    "customers:customer-tag-take": action("change customers", 302, of="customer"),
    # tasks by day, meetings, upkeep, playbooks
    "customers:task-list": page("work on tasks"),
    "customers:task-add": page("work on tasks", post=422),
    "customers:meeting-list": page("see customers"),
    "customers:meeting-add": page("plan meetings", post=422),
    "customers:meeting-detail": page("see customers", of="customer"),
    "customers:meeting-edit": page("plan meetings", of="customer", post=422),
    "customers:meeting-hold": action("plan meetings", 422, of="customer"),
    "customers:meeting-cancel": action("plan meetings", 422, of="customer"),
    "customers:upkeep-list": page("plan meetings"),
    "customers:upkeep-add": page("plan meetings", post=422),
    "customers:upkeep-edit": page("plan meetings", of="customer", post=422),
    "customers:playbook-list": page("edit playbooks"),
    "customers:playbook-add": page("edit playbooks", post=422),
    "customers:playbook-edit": page("edit playbooks", post=422),
    "customers:plans": page("see customers", of="customer"),
    "customers:playbook-start": action("work on tasks", 422, of="customer"),
    "customers:run-stop": action("work on tasks", 422, of="customer"),
    # imports: a file is seen by whoever sent it, and by nobody else
    "exchange:import-start": page("import", post=422),
    "exchange:import-detail": page("be signed in", of="import"),
    "exchange:import-check": action("be signed in", 422, of="import"),
    "exchange:import-progress": page("be signed in", of="import", get=302),
    "exchange:import-cancel": action("be signed in", 302, of="import"),
    "exchange:import-resume": action("be signed in", 409, of="import"),
    "exchange:import-errors": page("be signed in", of="import", get=404),
    # exports: a file is seen by whoever asked for it; before the approval nobody gets it
    "exports:export-list": page("export"),
    "exports:export-start": page("export", post=422),
    "exports:export-detail": page("export", of="export"),
    "exports:export-progress": page("export", of="export", get=302),
    "exports:export-file": page("export", of="export", get=403),
    # approvals
    "approvals:approval-list": page("export"),
    "approvals:approval-detail": page("be signed in", of="approval"),
    "approvals:approval-sign": action("sign approvals", 422, of="approval"),
    "approvals:approval-refuse": action("sign approvals", 422, of="approval"),
    "approvals:approval-withdraw": action("be signed in", 302, of="own approval"),
    # registers, the one of promises standing for all
    "registers:register-list": page("see customers"),
    "registers:entry-list": page("see customers"),
    "registers:entry-add": page("log talks", post=422),
    "registers:entry-detail": page("see customers", of="customer"),
    "registers:entry-edit": page("log talks", of="customer", post=422),
    "registers:entry-close": action("log talks", 422, of="customer"),
    "registers:entry-review": action("log talks", 422, of="customer"),
    "customers:promise-list": Door(
        {
            "GET": Gate("see customers", 200),
            "HEAD": Gate("see customers", 200),
            "POST": Gate("log talks", 422),
        },
        of="customer",
    ),
    "customers:promise-close": action("log talks", 422, of="customer"),
    # the API
    "api:promise-list": api("", of="", POST=Gate("log talks", 400)),
    "api:promise-detail": api("promise", of="customer"),
    "api:promise-close": api("promise", "", of="customer", POST=Gate("log talks", 400)),
    "api:customer-list": api("", of="", POST=Gate("add customers", 400)),
    "api:customer-detail": api("customer", of="customer", PATCH=Gate("change customers", 400)),
    "api:customer-phone": api("customer", "", of="customer", POST=Gate("ask for phones", 400)),
    "api:customer-take": api("customer", "", of="customer", POST=Gate("work on tasks", 409)),
    "api:customer-portrait": api("customer", of="customer"),
    "api:customer-intents": api("customer", of="customer", POST=Gate("change customers", 400)),
    "api:customer-preferences": api("customer", of="customer", PUT=Gate("change customers", 400)),
    "api:behaviourevent-list": api("", "", of="", POST=Gate("send behaviour", 400)),
    "api:customer-class": api("customer", "", of="customer", POST=Gate("override the class", 400)),
    "api:customer-stage": api("customer", "", of="customer", POST=Gate("change customers", 400)),
    "api:customer-standing": api("customer", of="customer"),
    "api:stratum-list": api("", of=""),
    "api:stratum-detail": api("stratum", of=""),
    "api:lead-stage": api("lead", "", of="customer", POST=Gate("change customers", 400)),
    "api:lead-close": api("lead", "", of="customer", POST=Gate("change customers", 400)),
    "api:interaction-list": api("", of="", POST=Gate("log talks", 400)),
    "api:interaction-detail": api("interaction", of="customer"),
    "api:lead-list": api("", of=""),
    "api:lead-detail": api("lead", of="customer"),
    "api:lead-clocks": api("lead", of="customer"),
    "api:lead-move": api("lead", "", of="customer", POST=Gate("change customers", 400)),
    "api:project-list": api("", of=""),
    "api:project-detail": api("project", of="project"),
    "api:tag-list": api("", of="", POST=Gate("edit tags", 400)),
    "api:tag-detail": api("tag", of="tag", PATCH=Gate("edit tags", 200)),
    "api:tag-retire": api("tag", "", of="tag", POST=Gate("edit tags", 400)),
    "api:task-list": api("", "work on tasks", of=""),
    "api:task-detail": api("task", "work on tasks", of="customer"),
    "api:task-done": api("task", "", of="customer", POST=Gate("work on tasks", 200)),
    "api:task-reopen": api("task", "", of="customer", POST=Gate("work on tasks", 409)),
    "api:task-postpone": api("task", "", of="customer", POST=Gate("work on tasks", 400)),
    "api:token": Door({"POST": Gate("be signed in", 400)}, open_to_all={"POST": 400}),
    "api:schema": open_page(),
    "api:docs": open_page(),
}
