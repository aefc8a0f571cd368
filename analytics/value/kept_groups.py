"""The groups of the newest run, offered to be kept as segments (ANA-42, MKT-77)."""

from typing import Any

from analytics.value import words
from analytics.value.models import VIEW, ClusterMember, ClusterRun
from analytics.value.selectors.assessed import assessed
from marketing.segments.hooks import Clusters, register_clusters


def offered(user: Any) -> list[tuple[str, str]]:
    """Return key and name of each group of the newest run, for those who see the groups."""
    run = ClusterRun.objects.first() if user.has_perm(VIEW) else None
    if run is None:
        return []
    return [
        (f"{run.slot}:{one.number}", f"{one.number} · {words.cluster_name(one.words)}")
        for one in run.clusters.all()
    ]


def members(user: Any, key: str) -> list[int] | None:
    """Return the customers of an offered group whom ``user`` sees; None for another key."""
    if key not in dict(offered(user)):
        return None
    slot, number = key.rsplit(":", 1)
    rows = assessed(ClusterMember.objects, user).filter(
        cluster__run__slot=slot, cluster__number=int(number)
    )
    return list(rows.values_list("customer_id", flat=True))


def register() -> None:
    """Offer the groups."""
    register_clusters(Clusters(offered, members))
