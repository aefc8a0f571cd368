"""Head office, regions, projects, teams and one account for every role."""

import os
import secrets
from base64 import b32encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm_site.demo.words import STAFF_NAMES
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.rules.roles import role_of
from crm_site.staff.services import create_node, create_user
from customers.models import Project

REGIONS = (("east", "华东区域"), ("south", "华南区域"))
PROJECTS = (
    ("yunqili", "云栖里", "杭州", "east"),
    ("jiangnanli", "江南里", "苏州", "east"),
    ("binhaiwan", "滨海湾", "深圳", "south"),
    ("hupanyuan", "湖畔苑", "杭州", "east"),
    ("songyunfu", "松云府", "杭州", "east"),
    ("taohuayuan", "桃花源里", "苏州", "east"),
    ("jinjichenxi", "金鸡晨曦", "苏州", "east"),
    ("qinhuaiyin", "秦淮印", "南京", "east"),
    ("puyuetai", "浦悦台", "上海", "east"),
    ("lingnanxu", "岭南序", "广州", "south"),
    ("zhujianghui", "珠江汇", "广州", "south"),
    ("qianhaiwan", "前海湾", "深圳", "south"),
)
LARGE = 3  # so many projects, the first ones, have two full teams; the others one small one
IN_PREPARATION = 4  # every fourth project is not launched yet and has nobody who sells
TEAMS = {True: ("A", "B"), False: ("A",)}
CONSULTANTS = {True: 4, False: 2}  # of a team
# account key -> (role, place); places are codes of the organisation (contract of the demo)
ACCOUNTS = {
    "consultant": ("consultant", "yunqili-a"),
    "consultant_b": ("consultant", "yunqili-a"),
    "consultant_c": ("consultant", "jiangnanli-a"),
    "supervisor": ("supervisor", "yunqili-a"),
    "marketing": ("marketing", "yunqili"),
    "channel": ("channel", "yunqili"),
    "agent": ("agent", "east"),
    "specialist": ("specialist", "yunqili"),
    "service_manager": ("service_manager", "east"),
    "engineering": ("engineering", "yunqili"),
    "finance": ("finance", "east"),
    "executive": ("executive", "east"),
    "head_office": ("head_office", "head"),
    "sysadmin": ("sysadmin", "head"),
    "secadmin": ("secadmin", "head"),
    "auditor": ("auditor", "head"),
    "privacy": ("privacy", "head"),
}


@dataclass(slots=True)
class Company:
    """The demo company as it was built; ``credentials`` are shown once and stored nowhere else."""

    projects: list[Project] = field(default_factory=list)
    nodes: dict[str, OrgNode] = field(default_factory=dict)
    consultants: dict[int, list[User]] = field(default_factory=dict)  # by project
    credentials: dict[str, dict[str, str]] = field(default_factory=dict)


def build_company() -> Company:
    """Create the organisation and its people; passwords are random and differ for each account."""
    company = Company()
    _build_nodes(company)
    names = iter(STAFF_NAMES)
    users = [
        _account(company, key, role, place, next(names)) for key, (role, place) in ACCOUNTS.items()
    ]
    _give_passwords(company, users)
    _fill_teams(company, names)
    return company


def _build_nodes(company: Company) -> None:
    nodes = company.nodes
    nodes["head"] = create_node(
        kind=NodeKind.HEAD_OFFICE, code="head", name="安居置业总部", parent=None
    )
    for code, name in REGIONS:
        nodes[code] = create_node(kind=NodeKind.REGION, code=code, name=name, parent=nodes["head"])
    for place, (code, name, city, region) in enumerate(PROJECTS):
        node = create_node(kind=NodeKind.PROJECT, code=code, name=name, parent=nodes[region])
        nodes[code] = node
        company.projects.append(Project.objects.create(node=node, code=code, name=name, city=city))
        for team in teams_of(place):
            team_code = f"{code}-{team.lower()}"
            nodes[team_code] = create_node(
                kind=NodeKind.TEAM, code=team_code, name=f"{name}{team}组", parent=node
            )


def is_launched(place: int) -> bool:
    """Return whether the project at ``place`` in the list is on sale."""
    return place % IN_PREPARATION != IN_PREPARATION - 1


def teams_of(place: int) -> tuple[str, ...]:
    """Return the teams that sell the project at ``place``."""
    return TEAMS[place < LARGE] if is_launched(place) else ()


def _account(company: Company, key: str, role: str, place: str, name: str) -> User:
    user = create_user(
        username=key,
        name=name,
        role=role,
        node=company.nodes[place],
        employee_no=f"{6600 + len(company.credentials):04d}",
        now=timezone.now(),
    )
    company.credentials[key] = {"username": key, "password": secrets.token_urlsafe(9)}
    if role_of(role).second_factor:
        device = TOTPDevice.objects.create(user=user, name="demo", confirmed=True)
        secret = b32encode(bytes.fromhex(device.key)).decode()
        company.credentials[key]["otp_secret"] = secret
    if role == "consultant":
        _remember(company, user)
    return user


def _give_passwords(company: Company, users: list[User]) -> None:
    """Hash on all processors at once: slow by design, a hash takes a quarter of a second."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        words = [company.credentials[user.username]["password"] for user in users]
        for user, password in zip(users, pool.map(make_password, words), strict=True):
            user.password = password
    User.objects.bulk_update(users, ["password"])


def _fill_teams(company: Company, names: Iterator[str]) -> None:
    """Give every team its people; they cannot sign in until somebody sets a password."""
    numbers = {"sales": 0, "lead": 0}

    def hire(prefix: str, role: str, node: OrgNode) -> User:
        numbers[prefix] += 1
        number = numbers[prefix]
        return create_user(
            username=f"{prefix}{number:02d}",
            name=next(names),
            role=role,
            node=node,
            password=None,
            employee_no=f"{7000 + number + (500 if prefix == 'lead' else 0):04d}",
            now=timezone.now(),
        )

    for place, project in enumerate(company.projects):
        for team in teams_of(place):
            node = company.nodes[f"{project.code}-{team.lower()}"]
            here = User.objects.filter(node=node)
            if not here.filter(role="supervisor").exists():
                hire("lead", "supervisor", node)
            for _ in range(CONSULTANTS[place < LARGE] - here.filter(role="consultant").count()):
                _remember(company, hire("sales", "consultant", node))


def _remember(company: Company, user: User) -> None:
    project_id = user.node.project_id if user.node else None
    if project_id is not None:
        company.consultants.setdefault(project_id, []).append(user)
