"""What the demo's desk and help page answer, and what they were asked without an answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils import timezone

from crm_site.approvals.services import sign
from crm_site.documents.services import submit_version
from crm_site.staff.models import User
from service.knowledge.article_models import Article, MissingQuestion
from service.knowledge.services.articles import Filing, Writing, check_article, write_article
from service.knowledge.services.missing import assign_missing
from service.knowledge.services.talking import ask, begin_talk, rate_turn
from service.tickets.models import TicketCategory
from service.tickets.rules import Axis


class Text(NamedTuple):
    """An article: its class, for whom, its stage, heading, answer, other ways to ask."""

    category: str
    audience: str
    stage: str
    title: str
    answer: str
    phrasings: str = ""


TEXTS: Final[Sequence[Text]] = (
    Text(
        *("after-sales", "public", "after_sale", "如何办理不动产权证"),
        "交付后由公司统一办理首次登记，完成后短信通知。业主凭购房合同、发票、契税完税证明和身份证，"
        "到项目所在地不动产登记中心办理，一般十个工作日领证。",
        "房产证怎么办\n产权证什么时候能拿",
    ),
    Text(
        *("policy", "public", "in_sale", "契税怎么交、交多少"),
        "契税在办理不动产权证前缴纳，按网签价计算。首套住房九十平方米及以下为百分之一，以上为百分之"
        "一点五；以税务部门当日公布的标准为准。",
        "契税多少钱",
    ),
    Text(
        *("policy", "public", "pre_sale", "公积金贷款需要哪些材料"),
        "身份证、户口簿、婚姻证明、购房合同、首付款发票和公积金缴存证明。组合贷款另需银行流水。材料齐全后"
        "由贷款专员陪同面签。",
        "公积金怎么贷款",
    ),
    Text(
        *("product", "public", "pre_sale", "怎样预约看房和样板间"),
        "可在小程序选择项目和时段预约，或致电热线登记。样板间每天九点至十八点开放，雨天照常。请带身份证登记"
        "入场。",
        "几点可以看房",
    ),
    Text(
        *("handover-date", "public", "in_sale", "什么时候交房、怎么通知"),
        "交付日期以合同约定为准。交付前十天以短信和书面通知寄送交付通知书，注明时间、地点和携带材料；业主可"
        "在通知内选择办理时段。",
        "交楼时间",
    ),
    Text(
        *("after-sales", "public", "after_sale", "保修期有多久"),
        "屋面防水、卫生间防渗漏五年，供热供冷两个采暖供冷期，电气管线、给排水两年，装修两年，从交付之日起"
        "算。保修期内的质量问题免费维修。",
        "质保几年\n漏水谁修",
    ),
    Text(
        *("after-sales", "public", "after_sale", "怎样报修"),
        "致电热线、小程序报修或在物业前台登记。紧急渗漏、停电两小时内上门，其他问题二十四小时内联系，约定上门"
        "时间。",
        "家里漏水找谁",
    ),
    Text(
        *("other", "public", "in_sale", "签约后可以换房或退房吗"),
        "签约后按合同约定处理。需要调换的，请联系您的顾问提交申请，由公司逐级审批；以书面答复为准。",
    ),
    Text(
        *("layout", "staff", "in_sale", "实测面积与合同面积有差异怎么答复"),
        "误差比绝对值三个百分点以内据实结算，超出的按合同约定可以退房或由公司承担。先查测绘报告，再逐户书面"
        "告知，不口头承诺金额。",
    ),
    Text(
        *("price", "staff", "pre_sale", "客户问后续会不会降价"),
        "只说明当前公示价格与在执行的优惠，不预测走势，不承诺保价。客户坚持的，登记工单由价格专员回电。",
    ),
)
DRAFT: Final = Text(
    *("after-sales", "public", "after_sale", "电动车充电桩怎么申请"),
    "已购车位业主凭车位合同向物业申请，由供电公司现场勘查后安装。",
)
ENGLISH: Final = Text(
    *("policy", "public", "pre_sale", "Can foreigners buy a home here?"),
    "It depends on the city. Bring your passport and residence permit; we check the rule with you.",
)
# what visitors asked, the first ones without an answer
ASKED: Final = (
    *(
        "小区对口哪所小学",
        "对口小学是哪个",
        "小区对口哪所小学",
        "地铁几号线通到小区",
        "可以养大型犬吗",
    ),
    *("房产证怎么办", "请问契税多少钱", "公积金怎么贷款", "漏水谁修", "什么时候交房"),
)
UNHELPED: Final = frozenset({"什么时候交房"})


def fill_knowledge(*, now: datetime) -> None:
    """Write, sign and check articles, and let visitors of the help page ask."""
    people = User.objects.in_bulk(
        ("service_manager", "executive", "specialist"), field_name="username"
    )
    writer, signer = people["service_manager"], people["executive"]
    rows = TicketCategory.objects.filter(kind="inquiry", axis=Axis.OBJECT)
    classes = {row.code: row for row in rows}
    start = now - timedelta(days=120)
    made = [_write(text, classes, writer, signer, start) for text in TEXTS]
    made.append(_write(ENGLISH, classes, writer, signer, start, language="en"))
    _write(DRAFT, classes, writer, None, now - timedelta(days=2))
    for article in made[:6]:
        _check(article, writer, now - timedelta(days=20), is_right=True)
    _check(made[9], writer, now - timedelta(days=6), is_right=False)
    _visit(now)
    school = MissingQuestion.objects.order_by("-asked", "pk").first()
    if school is not None:
        assign_missing(missing=school, owner=people["specialist"], actor=writer, now=now)


def _write(
    text: Text,
    classes: dict[str, TicketCategory],
    writer: User,
    signer: User | None,
    at: datetime,
    language: str = "zh-hans",
) -> Article:
    article = write_article(
        writing=Writing(
            title=text.title,
            answer=text.answer,
            effective_from=timezone.localdate(at),
            effective_until=None,
            holder=writer,
            filing=Filing(
                category=classes.get(text.category),
                audience=text.audience,
                stage=text.stage,
                language=language,
                phrasings=text.phrasings,
            ),
        ),
        actor=writer,
        now=at,
    )
    if signer is not None:
        version = submit_version(document=article.document, actor=writer, now=at)
        approval = version.approval
        if approval is not None:
            sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=at)
    return article


def _check(article: Article, actor: User, at: datetime, *, is_right: bool) -> None:
    note = "" if is_right else "价格口径已更新，请改写后再用。"
    check_article(article=article, is_right=is_right, note=note, actor=actor, now=at)


def _visit(now: datetime) -> None:
    """Let each question be asked by a visitor of its own, one after the other."""
    for place, question in enumerate(ASKED):
        at = now - timedelta(days=len(ASKED) - place, hours=place)
        talk = begin_talk(language="zh-hans", now=at)
        turn, found = ask(talk=talk, question=question, now=at)
        if found:
            rate_turn(turn=turn, helped=question not in UNHELPED, now=at)
