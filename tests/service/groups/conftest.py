"""Complaints about two matters of one project, and what the real file says."""

import csv
from collections import defaultdict
from datetime import timedelta

import pytest

from service.groups.services.linking import link_ticket
from service.tickets.models import Ticket
from tests.customers.importing import shared_file
from tests.factories import NOW
from tests.service.factories import TicketFactory

MIXER = [
    ("小区旁搅拌站夜间施工噪音扰民", "南门外搅拌站通宵作业, 粉尘和噪音让人睡不着, 请停工。"),
    ("搅拌站粉尘污染, 家里不敢开窗", "南门外的搅拌站每天扬起粉尘, 噪音也很大, 孩子咳嗽。"),
    ("南门外搅拌站噪音粉尘何时整治", "搅拌站紧挨着住宅, 夜间噪音粉尘不断, 老人无法入睡。"),
    ("搅拌站扰民, 要求搬离南门", "搅拌站粉尘大, 噪音从早到晚, 南门一带都受害。"),
    ("夜间搅拌站噪音", "南门搅拌站夜间噪音太大, 粉尘落满阳台。"),
    ("南门搅拌站粉尘噪音投诉", "再次投诉南门外搅拌站, 粉尘噪音依旧。"),
]
PARKING = [
    ("地下车位捆绑销售", "买房必须买车位, 捆绑销售不合规定, 要求退车位款。"),
    ("强制捆绑购买车位", "销售要求一起买车位, 不买车位就不给签, 请查处捆绑。"),
]
OTHERS = [
    ("会所游泳池何时开放", "沙盘上写明六月开放游泳池。"),
    ("发票抬头需要修改", "购房发票的姓名写成别人, 请重开。"),
    ("电梯按键失灵", "三单元电梯七楼的按键按不动。"),
    ("快递柜不够用", "双十一期间快递堆在门口。"),
]


def complaints(org, texts, *, start=NOW, apart=timedelta(days=1), **values):
    """Return complaints of nobody in particular, one after the other."""
    return [
        TicketFactory(
            customer=None,
            project=org.project_one,
            subject=subject,
            body=body,
            opened_at=start + apart * place,
            **values,
        )
        for place, (subject, body) in enumerate(texts)
    ]


@pytest.fixture
def linked(org, now):
    """Link tickets one by one as the worker would; return the suggestion of the last."""

    def link(tickets: list[Ticket]):
        found = None
        for ticket in tickets:
            found = link_ticket(ticket.pk, now=now)
        return found

    return link


@pytest.fixture(scope="session")
def real_messages() -> list[dict[str, str]]:
    with shared_file("complaints_cn_messages.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def real_groups() -> dict[str, set[str]]:
    return known_groups()


def known_groups() -> dict[str, set[str]]:
    """Return the numbers of the messages of each labelled group of the real file."""
    found = defaultdict(set)
    with shared_file("complaints_cn_group_labels.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            found[row["group"]].add(row["留言编号"])
    return found
