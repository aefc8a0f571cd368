"""Who may do what, who sees which record of the world, and what one door expects."""

from dataclasses import dataclass, field

from tests.access.may_of_analytics import ANALYTICS_MAY, ANALYTICS_SEES
from tests.access.may_of_marketing import MARKETING_MAY, MARKETING_SEES
from tests.access.may_of_service import SERVICE_MAY, SERVICE_SEES
from tests.access.people import ANONYMOUS, CONSULTANTS, NO_CUSTOMER_DATA, STAFF

# Who may, by right.
MAY: dict[str, set[str]] = (
    SERVICE_MAY
    | ANALYTICS_MAY
    | MARKETING_MAY
    | {
        "be signed in": STAFF,
        "see customers": STAFF - NO_CUSTOMER_DATA,
        "add customers": CONSULTANTS | {"supervisor", "agent"},
        "change customers": CONSULTANTS | {"supervisor"},
        "log talks": CONSULTANTS | {"supervisor", "agent", "specialist"},
        # registers of customers, and engineering its improvements
        "see registers": STAFF - (NO_CUSTOMER_DATA - {"engineering"}),
        "edit registers": CONSULTANTS | {"supervisor", "agent", "specialist", "engineering"},
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
        | {
            "supervisor",
            "agent",
            "specialist",
            "service_manager",
            "finance",
            "executive",
            "privacy",
        },
        "read policies": {"supervisor", "service_manager", "executive", "head_office", "secadmin"},
        "change policies": {"executive"},
        "approve policies": {"head_office"},
        "edit prices": {"supervisor", "executive"},
        "see floor prices": {"supervisor", "finance", "executive", "head_office"},
        "countersign letters": {"supervisor"},
        "edit tags": {"supervisor", "marketing", "executive"},
        "change many": CONSULTANTS | {"supervisor", "executive"},
        "import": {"supervisor", "service_manager", "executive", "sysadmin", "head_office"},
        "export": {"supervisor", "service_manager", "finance", "executive", "head_office"},
        "take part in approvals": CONSULTANTS
        | {"supervisor", "marketing", "channel", "specialist", "service_manager", "engineering"}
        | {"finance", "executive", "head_office"},
        "sign approvals": {
            *("supervisor", "service_manager", "engineering"),
            *("finance", "executive", "head_office"),
        },
        "read papers": STAFF - {"sysadmin", "secadmin", "auditor", "privacy"},
        "write papers": {"marketing", "service_manager", "executive"},
        "see accounts": {"sysadmin", "secadmin"},
        "edit strata": {"marketing", "executive"},
        "manage accounts": {"sysadmin"},
        "manage roles": {"secadmin"},
        "see health": {"sysadmin"},
        "read the audit trail": {"auditor"},
        "see data categories": {"privacy", "executive", "auditor"},
        "set data categories": {"privacy"},
        "send behaviour": {"marketing"},
        "see units": CONSULTANTS
        | {"supervisor", "marketing", "channel", "agent", "specialist", "service_manager"}
        | {"engineering", "finance", "executive", "head_office"},
        "sell units": CONSULTANTS | {"supervisor", "executive"},
        "sign purchases": CONSULTANTS | {"supervisor", "executive", "finance"},
        "control units": {"supervisor", "executive"},
        "see payments": CONSULTANTS | {"supervisor", "executive", "finance"},
        "list payments": CONSULTANTS | {"supervisor", "executive", "finance", "privacy"},
        "plan payments": CONSULTANTS | {"supervisor", "executive"},
        "book payments": {"finance"},
        "handle mortgages": CONSULTANTS | {"supervisor", "executive", "finance"},
        "keep papers": CONSULTANTS
        | {"supervisor", "specialist", "service_manager", "executive", "finance"},
        "sign for files": {"specialist"},  # the receiver of the world's transfer, among two roles
        "call files back": CONSULTANTS,  # who sent it
        "edit units": {"executive", "head_office"},
        "name specialists": {"supervisor", "service_manager", "executive"},
        "work at the desk": {"agent"},
        "plan handovers": {"specialist", "service_manager"},
        "hand over units": {"specialist", "service_manager"},
        "record defects": {"specialist", "service_manager", "engineering"},
        "disclose projects": {"marketing", "executive"},
        "see claims": {"channel", "supervisor", "finance", "executive", "head_office"},
        "report claims": {"channel", "supervisor"},
        "decide claims": {"supervisor", "executive"},
        "prepare launches": {"supervisor", "marketing", "executive"},
        "note launches": {"head_office"},
        "keep nodes": {"engineering", "executive"},
        "pay by node": {"finance", "executive"},
        "write notices": {"specialist", "service_manager"},
        "ask for changes": CONSULTANTS | {"supervisor", "specialist", "service_manager"},
        "decide changes": {"engineering", "executive"},
        "check claims": {"specialist", "service_manager"},
        "keep insurance": {"service_manager", "finance"},
    }
)

# Who has the record of the test world in scope: a customer of ``consultant``, team A, project 1.
SEES: dict[str, set[str]] = (
    SERVICE_SEES
    | ANALYTICS_SEES
    | MARKETING_SEES
    | {
        "customer": STAFF - {"consultant_b", "consultant_c"},
        "promise": STAFF - {"consultant_b", "consultant_c", "engineering"},
        "project": STAFF - {"consultant_c"},
        "notification": {"consultant"},
        "own sheet": {"consultant"},  # a draft is its author's
        "import": {"supervisor"},  # whoever started it
        "news": STAFF - {"consultant_c"},
        "export": {"supervisor"},  # whoever asked for it
        "own approval": {"supervisor"},
        "approval": {"supervisor", "executive", "head_office"},  # who asked, and who may sign
        "tag": STAFF,
        "bulk": {"consultant"},
        "view": {"consultant"},
        "offer": {"consultant", "consultant_c", "supervisor", "executive"},  # both sides
        "offer to": {"consultant_c", "executive"},  # whose project it goes to
        "offer from": {"consultant", "supervisor", "executive"},
        "unit": STAFF - {"consultant_c"},  # everybody of the project, the region, the company
        "purchase": STAFF - {"consultant_b", "consultant_c", "engineering"},
        "price list": STAFF - {"consultant_c"},  # an approved one of the project
        "letter": STAFF - {"consultant_b", "consultant_c", "engineering"},
        "file": STAFF - {"consultant_b", "consultant_c", "engineering"},
        "handover": {"supervisor", "executive"},  # who made it, and who stands above the leaver
        "": STAFF,
    }
)


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
