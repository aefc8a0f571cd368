"""What is built of the world's project, changed of its homes and insured."""

from datetime import timedelta

from django.utils import timezone

from customers.models import (
    ChangeDrawing,
    ChangeNotice,
    ConstructionNode,
    HomeChange,
    IndividualChange,
    NodePayment,
    NodeReport,
    ProgressNotice,
    Purchase,
    RepairClaim,
    RepairPolicy,
)

PAPER = {"name": "a.pdf", "media_type": "application/pdf", "size": 5, "digest": "0", "content": ""}


def building_of(purchase: Purchase) -> dict[str, int]:
    """Return the keys of a node with its papers, of changes and of insurance, by their names."""
    now, project, owner = timezone.now(), purchase.project, purchase.consultant
    today = timezone.localdate(now)
    node = ConstructionNode.objects.create(
        project=project, kind="topping_out", planned_on=today + timedelta(days=60)
    )
    report = NodeReport.objects.create(
        node=node,
        body="independent",
        organisation="检测院",
        reported_on=today,
        issues="渗漏",
        author=owner,
        **PAPER,
    )
    payment = NodePayment.objects.create(node=node, contractor="一建", work="主体", amount=1000)
    reached = ConstructionNode.objects.create(
        project=project, kind="other", name="样板段", planned_on=today, reached_on=today
    )
    notice = ProgressNotice.objects.create(node=reached, title="样板段", body="样板段已完成")
    change = IndividualChange.objects.create(
        purchase=purchase, node=node, item="开关", wish="加一个", price=100, asked_by=owner
    )
    ChangeDrawing.objects.create(change=change, **PAPER)
    home = HomeChange.objects.create(
        project=project, kind="design", title="外墙", text="改色", decided_on=today, author=owner
    )
    affected = ChangeNotice.objects.create(change=home, purchase=purchase)
    policy = RepairPolicy.objects.create(
        project=project,
        insurer="人保",
        number="P-1",
        covers="渗漏",
        cover=1000,
        covers_from=today,
        covers_until=today,
    )
    claim = RepairClaim.objects.create(
        policy=policy, defect="渗漏", found_on=today, claimed=10, author=owner
    )
    return {
        "node_id": node.pk,
        "node_report_id": report.pk,
        "node_payment_id": payment.pk,
        "notice_id": notice.pk,
        "individual_id": change.pk,
        "home_change_id": home.pk,
        "affected_id": affected.pk,
        "repair_policy_id": policy.pk,
        "repair_claim_id": claim.pk,
    }
