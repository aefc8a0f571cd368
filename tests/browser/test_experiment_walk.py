"""An A/B test in a browser from its design to the library of results (MKT-41, ANA-72)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.messaging.models import Assignment, Batch, Experiment
from marketing.messaging.rules.draw import arm_of, number_of
from marketing.messaging.tasks import walk_flows, work_batches
from tests.browser.service_steps import fill, fits
from tests.conftest import make_user
from tests.factories import CustomerFactory, InteractionFactory, Organisation, UserFactory

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
PHONE = 360
PEOPLE = 40
DAY = timedelta(days=1)


def accessible(page: Page) -> None:
    """The page has no fault that a machine finds."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def put_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], datetime]:
    """Set the clock of pages and jobs."""

    def put(moment: datetime) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return put


@pytest.fixture
def team(transactional_db: None) -> dict[str, User]:
    """Who designs, who decides, and whose customers are written to."""
    org = Organisation()
    found = {key: make_user(org, key) for key in ("marketing", "executive")}
    return found | {"lin": UserFactory(username="lin", name="林知夏", node=org.team_a)}


@pytest.fixture
def crowd(team: dict[str, User]) -> list[Customer]:
    """Forty customers of a project who agreed to news long ago."""
    rows = [CustomerFactory(owner=team["lin"], name=f"客户{n}") for n in range(PEOPLE)]
    long_ago = timezone.now() - 90 * DAY
    for row in rows:
        for purpose in (Purpose.CONTACT, Purpose.MARKETING):
            record_consent(
                customer=row,
                purpose=purpose,
                is_given=True,
                channel=Channel.VISIT,
                actor=None,
                now=long_ago,
            )
    return rows


def even_seed(crowd: list[Customer]) -> str:
    """Return a seed that draws these customers half and half, so that no run depends on luck."""

    def is_even(seed: str) -> bool:
        drawn = Counter(arm_of(number_of(seed, one.pk), [1, 1]) for one in crowd)
        return drawn[0] == drawn[1]

    return next(seed for number in count() if is_even(seed := f"walk-{number}"))


def write_text(page: Page, name: str, body: str) -> None:
    page.goto("/messages/texts/add/")
    form = page.locator("form.form-w")
    fill(form, name=name, purpose="marketing", title="样板间开放", body=body)
    form.locator("button.btn-p").click()
    page.wait_for_url("**/messages/texts/")


def send(page: Page, name: str, *, experiment: Experiment, text: str) -> Batch:
    """Write a batch for the experiment by hand, launch it, let the jobs send it."""
    page.goto("/messages/batches/add/")
    form = page.locator("form.form-w")
    now = timezone.localtime()
    fill(
        form,
        name=name,
        channel="sms",
        recipients="filter",
        experiment=str(experiment.pk),
        starts_at=f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        ends_at=f"{now + 2 * DAY:%Y-%m-%dT%H:%M}",
    )
    form.locator("[name=template]").select_option(label=text)
    form.locator("button.btn-p").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.get_by_role("button", name="启动批次").click()
    expect(page.get_by_role("button", name="停止批次")).to_be_visible()
    work_batches()
    deliver_due(now=timezone.now())
    work_batches()
    found: Batch = Batch.objects.get(name=name)
    return found


def arms(experiment: Experiment) -> dict[int, str]:
    rows = Assignment.objects.filter(experiment=experiment)
    return dict(rows.values_list("customer_id", "variant__key"))


def test_an_experiment_from_its_design_to_the_library(
    team: dict[str, User],
    crowd: list[Customer],
    put_clock: Callable[[datetime], datetime],
    sign_in: Callable[..., Any],
    page_errors: Any,
) -> None:
    page_errors.allow(422)  # a goal that is today's rate, a variant that is not better
    today = timezone.localtime().replace(hour=12, minute=0)
    start = put_clock(today - 9 * DAY)

    page = sign_in(team["marketing"])
    write_text(page, "现在的写法", "{name}，周六开放日等您来。")
    write_text(page, "提到家人", "{name}，周六带上家人来开放日。")
    page.goto("/experiments/")
    page.get_by_role("link", name="新建实验").first.click()
    form = page.locator("form.form-w")
    fill(
        form,
        title="提到家人会不会更好",
        kind="content",
        metric="reply",
        window_days="7",
        base_rate="10",
        goal_rate="10",
        a_name="现在的写法",
        b_name="提到家人",
    )
    form.locator("[name=a_text]").select_option(label="现在的写法")
    form.locator("[name=b_text]").select_option(label="提到家人")
    accessible(page)
    form.locator("button.btn-p").click()
    expect(page.get_by_text("期望比例请与目前比例不同").first).to_be_visible()
    form.locator("[name=goal_rate]").fill("60")
    form.locator("button.btn-p").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("提到家人会不会更好")
    test = Experiment.objects.get()
    Experiment.objects.filter(pk=test.pk).update(seed=even_seed(crowd))
    page.get_by_role("button", name="开始实验").click()
    expect(page.get_by_text("每组需有 13 位已满天数的客户").first).to_be_visible()

    batch = send(page, "第一批", experiment=test, text="现在的写法")
    drawn = arms(test)
    assert Counter(drawn.values()) == {"A": PEOPLE // 2, "B": PEOPLE // 2}
    letters = Message.objects.filter(subject_kind="message_batch", subject_id=str(batch.pk))
    assert letters.filter(state="sent").count() == PEOPLE
    for letter in letters:
        in_family_words = "家人" in letter.params["body"]
        assert in_family_words is (drawn[int(letter.addressee_id)] == "B")
    page.close()
    put_clock(start + DAY)
    page = sign_in(team["marketing"])  # nobody stays signed in over night
    send(page, "第二批", experiment=test, text="提到家人")
    assert arms(test) == drawn  # the same person, the same variant

    answer = put_clock(start + DAY + timedelta(minutes=10))
    keen = [one for one in crowd if drawn[one.pk] == "B"][:16]
    cool = [one for one in crowd if drawn[one.pk] == "A"][:2]
    for one in (*keen, *cool):
        InteractionFactory(
            customer=one, author=team["lin"], channel="sms", result="reached", at=answer
        )
    walk_flows()
    page.goto(f"/messages/batches/{batch.pk}/")
    expect(page.locator("#reply-rate")).to_have_text("45.0 %")
    page.goto(f"/experiments/{test.pk}/")
    expect(page.get_by_text("每组需有 13 位已满天数的客户").first).to_be_visible()  # days not over

    page.close()
    put_clock(today)
    page = sign_in(team["marketing"])
    page.goto(f"/experiments/{test.pk}/")
    expect(page.get_by_text("数据显示").first).to_contain_text("采用新方案")
    table = page.locator("section[aria-labelledby=arms]")
    expect(table).to_contain_text("p = 1.0000")  # the draw is as even as it was meant
    row = table.locator("tbody tr").nth(1)
    expect(row.locator("td").nth(3)).to_have_text("20")
    expect(row.locator("td").nth(4)).to_contain_text("80.00 %")
    expect(row.locator("td").nth(5)).to_contain_text("70.00")
    expect(page.get_by_role("link", name="决定实验")).to_have_count(0)
    accessible(page)
    page.set_viewport_size({"width": PHONE, "height": 740})
    fits(page, PHONE)

    boss = sign_in(team["executive"])
    boss.goto(f"/experiments/{test.pk}/")
    boss.get_by_role("link", name="决定实验").click()
    form = boss.locator("form.form-w")
    fill(form, decision="adopt", reason="回复率明显更高", budget="80000")
    accessible(boss)
    form.locator("button.btn-p").click()
    expect(boss.locator("form.form-w")).to_be_visible()  # which variant?
    boss.locator("[name=winner]").select_option(index=1)
    boss.locator("form.form-w button.btn-p").click()
    boss.wait_for_url(f"**/experiments/{test.pk}/")
    decision = boss.locator("section[aria-labelledby=dec]")
    expect(decision).to_contain_text("采用新方案")
    expect(decision).to_contain_text("回复率明显更高")
    expect(decision).to_contain_text("70.00")

    boss.goto("/experiments/?decision=adopt")
    expect(boss.locator("#experiments tbody")).to_contain_text("B: 70.00")
    boss.goto("/improvement/experiments/?q=家人")
    line = boss.locator("#result-table tbody tr")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("2 / 20")
    expect(line).to_contain_text("16 / 20")
    expect(line).to_contain_text("+70.00")
    accessible(boss)
    boss.set_viewport_size({"width": PHONE, "height": 740})
    fits(boss, PHONE)


def test_a_draw_that_went_wrong_is_shown_and_decides_nothing(
    team: dict[str, User], sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(422)
    now = timezone.now()
    test = Experiment.objects.create(
        title="短信还是微信",
        kind="offer",
        metric="reply",
        window_days=7,
        base_rate="0.1",
        goal_rate="0.6",
        seed="walk",
        least=5,
        state="running",
        started_at=now - 9 * DAY,
        owner=team["marketing"],
        region=team["marketing"].node.region,
    )
    control = test.variants.create(key="A", name="现在", is_control=True)
    other = test.variants.create(key="B", name="新的")
    rows = [CustomerFactory(owner=team["lin"]) for _ in range(40)]
    Assignment.objects.bulk_create(
        Assignment(
            experiment=test, customer=one, variant=other if n < 6 else control, at=now - 8 * DAY
        )
        for n, one in enumerate(rows)
    )
    boss = sign_in(team["executive"])
    boss.goto(f"/experiments/{test.pk}/")
    warning = boss.get_by_text("各组人数与分配比例不符")
    expect(warning.first).to_be_visible()
    expect(boss.locator("section[aria-labelledby=arms]")).to_contain_text("p = 0.0000")
    accessible(boss)
    boss.get_by_role("link", name="决定实验").click()
    fill(boss.locator("form.form-w"), decision="keep", reason="看起来一样")
    boss.locator("form.form-w button.btn-p").click()
    expect(boss.locator("form.form-w")).to_contain_text("各组人数与分配比例不符")
    test.refresh_from_db()
    assert test.state == "running"
    fill(boss.locator("form.form-w"), decision="open", reason="分配出错，重做")
    boss.locator("form.form-w button.btn-p").click()
    boss.wait_for_url(f"**/experiments/{test.pk}/")
    expect(boss.locator("section[aria-labelledby=dec]")).to_contain_text("分配出错，重做")
