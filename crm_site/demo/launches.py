"""How the demo's projects came on sale, and the one that waits for its launch with gates open."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.company import Company
from crm_site.demo.pictures import photo
from crm_site.demo.property import Site
from crm_site.questionnaires.models import Answer, AnswerSheet, Questionnaire
from crm_site.questionnaires.rules import Scale, score
from crm_site.questionnaires.services import ensure_default
from crm_site.registers.services.entries import EntryDraft, add_entry, close_entry
from crm_site.staff.models import User
from customers.launch.findings import SALES_RISKS, SUGGESTIONS
from customers.launch.planning import plan_checks
from customers.launch.sheets import BRIEFING_TEST, COMFORT_CHECK, RISK_CHECK
from customers.models import (
    BriefingAttendance,
    Disclosure,
    LaunchSeller,
    Project,
    ProjectLaunch,
    ProofPhoto,
    TechnicalBriefing,
)
from customers.property.gates import gate_states
from customers.property.rules import DisclosureKind

BRIEFED, ASSIGNED, COMFORT, RISK, SHOWN = 20, 12, 14, 8, 5  # days before the launch
READY = 4  # of the six disclosures of the project that waits


@dataclass(frozen=True, slots=True)
class People:
    """Who prepares launches: the centre checks, the executive keeps the hall."""

    centre: User
    executive: User
    forms: Mapping[str, Questionnaire]


def prepare_launches(company: Company, sites: Sequence[Site], *, now: datetime) -> None:
    """Write briefings, tests, checks and disclosures before every launch, past and to come."""
    people = People(
        centre=User.objects.get(username="service_manager"),
        executive=User.objects.get(username="executive"),
        forms={key: ensure_default(key) for key in (BRIEFING_TEST, RISK_CHECK, COMFORT_CHECK)},
    )
    launched = [site for site in sites if site.is_launched]
    _brief(company, launched, people)
    _check(company, launched, people)
    for site in launched:
        _show(site, people, _at(site, SHOWN), len(DisclosureKind))
    _note_gates(launched)
    _find_risks(sites[0], people)
    _wait([site for site in sites if not site.is_launched], people, now)


def _at(site: Site, days: int, hour: int = 14) -> datetime:
    day = site.launch_on - timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _brief(company: Company, sites: Sequence[Site], people: People) -> None:
    """Write the technical briefing of each project, who was there and who sells."""
    held = TechnicalBriefing.objects.bulk_create(
        TechnicalBriefing(
            project=site.project,
            held_on=_at(site, BRIEFED).date(),
            briefed_by=words.BRIEFED_BY,
            items=words.BRIEFING["items"],
            materials=words.BRIEFING["materials"],
            limits=words.BRIEFING["limits"],
            author=people.executive,
            created_at=_at(site, BRIEFED, 17),
        )
        for site in sites
    )
    teams = [
        (row, site, company.consultants[site.project.pk])
        for row, site in zip(held, sites, strict=True)
    ]
    BriefingAttendance.objects.bulk_create(
        BriefingAttendance(briefing=row, person=person)
        for row, _site, team in teams
        for person in team
    )
    LaunchSeller.objects.bulk_create(
        LaunchSeller(
            project=site.project,
            person=person,
            assigned_by=people.executive,
            assigned_at=_at(site, ASSIGNED),
        )
        for _row, site, team in teams
        for person in team
    )


def _check(company: Company, sites: Sequence[Site], people: People) -> None:
    """Fill in the tests of the briefing and both checks of each project."""
    sheets = []
    for site in sites:
        for place, person in enumerate(company.consultants[site.project.pk]):
            at = _at(site, BRIEFED - 1, 9) + timedelta(minutes=11 * place)
            sheets.append(_sheet(people.forms[BRIEFING_TEST], site, person, at, wrong=place % 2))
        for key, days in ((COMFORT_CHECK, COMFORT), (RISK_CHECK, RISK)):
            sheets.append(_sheet(people.forms[key], site, people.centre, _at(site, days), wrong=0))
    _write_sheets(sheets)


def _write_sheets(sheets: Sequence[tuple[AnswerSheet, Mapping[str, tuple[str, str]]]]) -> None:
    AnswerSheet.objects.bulk_create([sheet for sheet, _answers in sheets])
    Answer.objects.bulk_create(
        Answer(sheet=sheet, question=key, scale=scale, value=value)
        for sheet, answers in sheets
        for key, (scale, value) in answers.items()
    )


def _sheet(
    form: Questionnaire, site: Site, author: User, at: datetime, *, wrong: int
) -> tuple[AnswerSheet, dict[str, tuple[str, str]]]:
    """Return a finished form with its answers, the last ``wrong`` of them not the best."""
    version = form.latest()
    asked = [one for one in version.outline.questions() if one.scale in (Scale.YES, Scale.CHOICE)]
    best = {one.key: one.right or "yes" for one in asked}
    for one in asked[len(asked) - wrong :]:
        best[one.key] = next(value for value in one.values if value != best[one.key])
    result = score(version.outline, best)
    sheet = AnswerSheet(
        questionnaire=form,
        version=version,
        subject_kind=form.subject_kind,
        subject_id=site.project.pk,
        author=author,
        state=AnswerSheet.State.COMPLETE,
        completed_at=at,
        score=result.percent if result else None,
        created_at=at - timedelta(minutes=25),
    )
    return sheet, {one.key: (str(one.scale), best[one.key]) for one in asked}


def _show(site: Site, people: People, at: datetime, count: int) -> None:
    """Tick the first ``count`` things of the sales hall, each with its photo."""
    kinds = list(DisclosureKind)[:count]
    photos = ProofPhoto.objects.bulk_create(
        _photo(site.place + place, people.executive, at) for place in range(count)
    )
    Disclosure.objects.bulk_create(
        Disclosure(
            project=site.project,
            kind=kind.value,
            photo=picture,
            note="",
            ticked_by=people.executive,
            ticked_at=at + timedelta(minutes=4 * place),
        )
        for place, (kind, picture) in enumerate(zip(kinds, photos, strict=True))
    )


def _photo(tint: int, person: User, at: datetime) -> ProofPhoto:
    data = photo(tint)
    return ProofPhoto(
        content=base64.b64encode(data).decode("ascii"),
        media_type="image/png",
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        uploaded_by=person,
        uploaded_at=at,
    )


def _note_gates(sites: Sequence[Site]) -> None:
    """Note on each launch the gates that were asked and the disclosures that stood."""
    shown: dict[int, list[int]] = {}
    for project, key in Disclosure.objects.order_by("pk").values_list("project", "pk"):
        shown.setdefault(project, []).append(key)
    gates = [state.gate.key for state in gate_states(sites[0].project, today=sites[0].launch_on)]
    launches = list(ProjectLaunch.objects.filter(project__in=[site.project for site in sites]))
    for launch in launches:
        launch.facts = {"gates": gates, "disclosures": shown[launch.project_id]}
    ProjectLaunch.objects.bulk_update(launches, ["facts"])


def _find_risks(site: Site, people: People) -> None:
    """Let the risk check of the first project have found two faults that were put right in time."""
    for place, (title, item, department) in enumerate(words.SALES_RISKS):
        at = _at(site, RISK, 15 + place)
        draft = EntryDraft(
            title=title,
            values={"item": item, "severity": "high", "department": department},
            due_at=at + timedelta(days=3),
            subject_id=site.project.pk,
        )
        entry = add_entry(register=SALES_RISKS, draft=draft, actor=people.centre, now=at)
        close_entry(
            entry=entry,
            outcome="corrected",
            evidence="复查已更换并拍照存档",
            actor=people.centre,
            now=at + timedelta(days=2),
        )


def _wait(sites: Sequence[Site], people: People, now: datetime) -> None:
    """Prepare the first project that waits as far as it is; plan the checks of all that do."""
    first = sites[0]
    _show(first, people, now - timedelta(days=6), READY)
    _write_sheets(
        [
            _sheet(
                people.forms[COMFORT_CHECK], first, people.centre, now - timedelta(days=4), wrong=1
            )
        ]
    )
    for register, title, values in _open_findings():
        draft = EntryDraft(
            title=title,
            values=values,
            due_at=now + timedelta(days=10),
            subject_id=first.project.pk,
        )
        at = now - timedelta(days=3)
        add_entry(register=register, draft=draft, actor=people.centre, now=at)
    for site in sites:
        plan_checks(Project.objects.select_related("node").get(pk=site.project.pk), now)


def _open_findings() -> Iterator[tuple[str, str, dict[str, str]]]:
    title, item, department = words.OPEN_RISK
    values = {"item": item, "severity": "high", "department": department}
    yield SALES_RISKS, title, values
    yield SUGGESTIONS, words.SUGGESTION, {"place": "way"}
