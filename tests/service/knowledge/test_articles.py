"""The knowledge base on its pages: found while in force, told to the owner when it runs out."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.documents.models import DocumentVersion
from crm_site.documents.tasks import watch_documents
from crm_site.outbox.models import Message
from service.knowledge.models import Article, ArticleCheck, MissingQuestion
from service.knowledge.tasks import tend_knowledge
from tests.service.factories import CategoryFactory
from tests.service.knowledge.conftest import DEED, DEED_TEXT, TAX, TAX_TEXT, approve
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ASK = "房产证怎么办?"


def search(client, question: str):
    return client.get("/knowledge/search/", {"q": question})


@pytest.mark.spec("SVC-09")
def test_an_expired_article_is_not_offered_and_its_owner_is_told(
    client, published, writer, agent
) -> None:
    article = published(category=CategoryFactory(kind="inquiry", name="办证"))
    other = published(TAX, TAX_TEXT, audience="staff")
    sign_in(client, agent)
    page = search(client, ASK)
    assert [one.article for one in page.context["answers"]] == [article]
    assert DEED_TEXT[:20] in page.content.decode()

    today = timezone.localdate()
    DocumentVersion.objects.filter(document=article.document).update(
        effective_until=today - timedelta(days=1)
    )
    watch_documents()
    watch_documents()
    told = Message.objects.filter(kind="document.ran_out")
    assert [(one.recipient, one.subject_id) for one in told] == [(writer, str(article.document_id))]
    page = search(client, ASK)
    assert page.context["answers"] == []
    assert DEED_TEXT[:20] not in page.content.decode()
    assert search(client, TAX).context["answers"][0].article == other
    missing = MissingQuestion.objects.get()
    assert (missing.asked, missing.state) == (1, "open")

    listed = client.get("/knowledge/?standing=not_in_force").content.decode()
    assert DEED in listed
    assert TAX not in listed
    refused = client.post(f"/knowledge/{article.pk}/use/")
    assert refused.status_code == 409


@pytest.mark.spec("SVC-09")
def test_an_article_is_written_approved_used_rated_and_checked(
    client, writer, approver, agent, now
) -> None:
    category = CategoryFactory(kind="inquiry", name="办证")
    sign_in(client, writer)
    form = {
        "title": DEED,
        "answer": DEED_TEXT,
        "category": category.pk,
        "audience": "public",
        "stage": "after_sale",
        "language": "zh-hans",
        "holder": writer.pk,
        "effective_from": "2026-01-01",
        "effective_until": "2027-12-31",
        "phrasings": "房本怎么办\n产权证办理",
    }
    bad = client.post("/knowledge/add/", {**form, "effective_until": "2025-01-01"})
    assert bad.status_code == 422
    assert not Article.objects.exists()
    answer = client.post("/knowledge/add/", form)
    article = Article.objects.get()
    assert answer.headers["Location"] == f"/knowledge/{article.pk}/"
    assert (article.category, article.stage) == (category, "after_sale")
    assert article.document.versions.get().effective_until == date(2027, 12, 31)
    assert search(client, ASK).context["answers"] == []  # a draft answers nothing
    approve(article, writer, approver, now)

    sign_in(client, agent)
    assert [one.article for one in search(client, "房本").context["answers"]] == [article]
    assert client.post(f"/knowledge/{article.pk}/use/").status_code == 302
    assert client.post(f"/knowledge/{article.pk}/rate/", {"helped": "yes"}).status_code == 302
    article.refresh_from_db()
    assert (article.uses, article.helped, article.failed) == (1, 1, 0)
    client.post(f"/knowledge/{article.pk}/rate/", {"helped": "no"})
    article.refresh_from_db()
    assert (article.uses, article.helped, article.failed, article.rating) == (1, 0, 1, 0)
    assert MissingQuestion.objects.get(question=DEED).asks.get().is_marked

    check = f"/knowledge/{article.pk}/check/"
    assert client.post(check, {"is_right": "no", "note": " "}).status_code == 422
    assert client.post(check, {"is_right": "no", "note": "登记中心已搬迁"}).status_code == 302
    assert search(client, ASK).context["answers"] == []
    assert Message.objects.get(kind="knowledge.paused").recipient == writer
    assert client.post(check, {"is_right": "yes"}).status_code == 302
    assert [one.article for one in search(client, ASK).context["answers"]] == [article]
    assert list(ArticleCheck.objects.order_by("pk").values_list("is_right", flat=True)) == [
        False,
        True,
    ]
    page = client.get(f"/knowledge/{article.pk}/").content.decode()
    assert "登记中心已搬迁" in page


def test_articles_wait_for_their_check(client, published, agent) -> None:
    article = published()
    sign_in(client, agent)
    assert DEED in client.get("/knowledge/?standing=to_check").content.decode()
    client.post(f"/knowledge/{article.pk}/check/", {"is_right": "yes"})
    assert DEED not in client.get("/knowledge/?standing=to_check").content.decode()
    old = timezone.localdate() - timedelta(days=91)
    Article.objects.update(checked_on=old)
    assert DEED in client.get("/knowledge/?standing=to_check").content.decode()


def test_filing_is_changed_by_writers_and_never_over_somebody_elses(
    client, published, writer, agent
) -> None:
    article = published()
    address = f"/knowledge/{article.pk}/file/"
    sign_in(client, agent)
    assert client.get(address).status_code == 403
    sign_in(client, writer)
    page = client.get(address)
    base = page.context["form"].edit_base
    form = {"audience": "staff", "stage": "", "language": "zh-hans", "phrasings": "房本"}
    Article.objects.update(phrasings="别人写的")
    assert client.post(address, {**form, "edit_base": base}).status_code == 409
    article.refresh_from_db()
    assert (article.audience, article.phrasings) == ("public", "别人写的")
    assert client.post(address, form).status_code in (302, 409)


def test_questions_without_an_answer_are_counted_assigned_and_closed_by_an_article(
    client, published, agent, writer, specialist
) -> None:
    sign_in(client, agent)
    for question in ("小区可以养狗吗", "请问小区可以养狗吗?", "小区可以养狗"):
        search(client, question)
    row = MissingQuestion.objects.get()
    assert (row.asked, row.asks.count()) == (3, 3)
    page = f"/knowledge/missing/{row.pk}/"
    assert "小区可以养狗吗" in client.get("/knowledge/missing/").content.decode()
    assert client.post(f"{page}assign/", {"owner": ""}).status_code == 422
    assert client.post(f"{page}assign/", {"owner": specialist.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.owner) == ("assigned", specialist)
    assert Message.objects.get(kind="knowledge.to_answer").recipient == specialist

    article = published("宠物管理规定", "犬只须登记并牵绳。")
    draft = published("停车", "凭证停车。", is_approved=False)
    assert client.post(f"{page}answer/", {"article": draft.pk}).status_code == 422
    assert client.post(f"{page}answer/", {"article": article.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.article) == ("answered", article)
    assert [one.article for one in search(client, "小区能不能养狗").context["answers"]] == [article]
    assert client.get(page).status_code == 200
    assert "小区可以养狗吗" not in client.get("/knowledge/missing/").content.decode()
    late = client.post(f"{page}dismiss/", {"reason": "已回答"})
    assert late.status_code == 422


def test_a_question_may_need_no_article(client, agent) -> None:
    sign_in(client, agent)
    search(client, "今天天气好不好")
    row = MissingQuestion.objects.get()
    assert client.post(f"/knowledge/missing/{row.pk}/dismiss/", {"reason": ""}).status_code == 422
    client.post(f"/knowledge/missing/{row.pk}/dismiss/", {"reason": "与项目无关"})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("dismissed", "与项目无关")


def test_rights_on_the_pages(client, published, seller, org) -> None:
    article = published(audience="staff")
    sign_in(client, seller)
    assert client.get(f"/knowledge/{article.pk}/").status_code == 200
    assert client.get("/knowledge/missing/").status_code == 403
    assert client.get("/knowledge/add/").status_code == 403
    draft = published("草稿", "未批准", is_approved=False)
    assert client.get(f"/knowledge/{draft.pk}/").status_code == 404


def test_documents_written_elsewhere_are_filed_for_staff(published, writer) -> None:
    article = published()
    document = article.document
    article.delete()
    assert tend_knowledge() == 1
    assert tend_knowledge() == 0
    assert Article.objects.get().document == document
    assert Article.objects.get().audience == "staff"


def test_lists_cost_the_same_however_long_they_are(client, published, agent) -> None:
    sign_in(client, agent)

    def cost(address: str, rows: int) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert len(page.context["rows"]) == rows
        return len(queries)

    published()
    search(client, "第一问幼儿园")
    few = cost("/knowledge/", 1), cost("/knowledge/missing/", 1)
    for number in range(19):
        published(f"问题{number}号", "答案")
        search(client, f"{number}号楼幼儿园")
    many = cost("/knowledge/", 20), cost("/knowledge/missing/", 20)
    assert many[0] <= few[0]
    assert many[1] <= few[1]


def test_the_list_is_searched_by_chinese_text_drafts_for_writers_only(
    client, published, agent, writer
) -> None:
    deed = published()
    draft = published("停车办法", "业主凭房产证登记车位。", is_approved=False)
    sign_in(client, agent)
    assert client.get("/knowledge/?q=房产证").context["page"].rows == [deed]
    assert client.get("/knowledge/?q=不动产登记").context["page"].rows == [deed]
    assert client.get("/knowledge/?q=契税").context["page"].rows == []
    sign_in(client, writer)
    assert set(client.get("/knowledge/?q=房产证").context["page"].rows) == {deed, draft}


def test_a_page_loaded_again_is_not_a_question_asked_again(client, agent) -> None:
    sign_in(client, agent)
    for _time in range(3):
        search(client, "小区可以养狗吗")
    row = MissingQuestion.objects.get()
    assert row.asked == 1
    search(client, "幼儿园")
    search(client, "小区可以养狗吗")
    row.refresh_from_db()
    assert row.asked == 2
    page = search(client, "车位&楼栋#一")
    assert page.status_code == 200
