"""Takes an import of staff back: accounts without any work go, names and teams come back."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from crm_site.audit.services import record_bulk
from crm_site.exchange.registry import Kept, Plan, Undone
from crm_site.staff.models import OrgNode, User
from customers.importers.restoring import CHANGED
from customers.importers.touched import EDITED, OTHER, referred

REVERTED = "staff.import_reverted"
LOGIN = "kept_login"


class StaffReverter:
    """Takes back the parts of one import of staff."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back, inside the caller's transaction."""
        undone = Undone()
        keys = [entry[1] for entry in (*trace["created"], *trace["updated"])]
        locked = User.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        people = {user.pk: user for user in locked}
        self._drop(trace["created"], people, undone)
        for row, pk, old, new in trace["updated"]:
            if pk in people:
                self._restore(row, people[pk], old, new, undone)
        undone.counts["teams"] += _drop_teams(trace["teams"])
        undone.counts["kept"] += len(undone.kept)
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event of the revert, with the keys of all accounts that went."""
        made = set(chain.from_iterable([one[1] for one in t["created"]] for t in traces))
        left = set(User.objects.filter(pk__in=made).values_list("pk", flat=True))
        record_bulk(
            kind=REVERTED,
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="user",
            ids=made - left,
            facts={"import_job": self._plan.job_id, "kept": len(left)},
        )

    def _drop(
        self, created: Sequence[Sequence[Any]], people: Mapping[int, User], undone: Undone
    ) -> None:
        """Delete accounts nobody has used and nothing refers to."""
        there = {pk: (row, imported) for row, pk, imported in created if pk in people}
        reasons = referred(User, list(there), {})
        for pk, (_row, imported) in there.items():
            user = people[pk]
            if user.last_login is not None or user.has_usable_password():
                reasons[pk] = LOGIN
            elif [user.name, user.node_id] != imported or user.role != "consultant":
                reasons.setdefault(pk, EDITED)
        reasons = {pk: code if code in (LOGIN, EDITED) else OTHER for pk, code in reasons.items()}
        undone.kept += [Kept(there[pk][0], pk, code) for pk, code in reasons.items()]
        gone = there.keys() - reasons.keys()
        User.objects.filter(pk__in=gone).delete()
        undone.counts["removed"] += len(gone)

    def _restore(
        self, row: int, user: User, old: Sequence[Any], new: Sequence[Any], undone: Undone
    ) -> None:
        """Put name and team back where the account still has those of the file."""
        kept = []
        for column, field, before, after in zip(
            ("name", "node_id"), ("name", "team"), old, new, strict=True
        ):
            if before == after:
                continue
            if getattr(user, column) == after:
                setattr(user, column, before)
            else:
                kept.append(field)
        if kept:
            undone.kept.append(Kept(row, user.pk, CHANGED, tuple(kept)))
        if len(kept) < _changes(old, new):
            user.save(update_fields=["name", "node"])
            undone.counts["restored"] += 1


def subjects(user: Any, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the names of the accounts; they have no page that every importing person may see."""
    people = User.objects.filter(pk__in=keys)
    if not user.has_perm("staff.manage_users"):
        people = people.filter(node__region=user.node.region_id) if user.node else people.none()
    return {pk: (name, "") for pk, name in people.values_list("pk", "name")}


def _changes(old: Sequence[Any], new: Sequence[Any]) -> int:
    return sum(before != after for before, after in zip(old, new, strict=True))


def _drop_teams(keys: Sequence[int]) -> int:
    """Delete teams the part made and nobody uses; return how many."""
    gone = set(keys) - referred(OrgNode, list(keys), {}).keys()
    OrgNode.objects.filter(pk__in=gone).delete()
    return len(gone)
