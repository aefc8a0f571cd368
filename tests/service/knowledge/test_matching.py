"""Which article answers a question: known questions over a small shelf."""

import pytest

from crm_site.common.grams import fold
from service.knowledge.rules.matching import Candidate, clean_question, core_of, rank, tokens_of

SHELF = (
    (1, "如何办理房产证", "交房后凭购房合同、发票和身份证到不动产登记中心办理。"),
    (2, "契税怎么交", "契税按成交价计算, 首套九十平方米以下为百分之一。"),
    (3, "公积金贷款需要哪些材料", "身份证、收入证明、购房合同, 到公积金中心申请。"),
    (4, "车位可以单独购买吗", "车位随房销售, 剩余车位在交房后对外出售。"),
    (5, "What documents do I need for the mortgage?", "Bring your ID and the contract."),
)


def found(question: str, *, at_least: float = 0.5) -> list[int]:
    candidates = [
        Candidate(key, (fold(title),), fold(f"{title}\n{text}")) for key, title, text in SHELF
    ]
    hits = rank(question, candidates, total=len(SHELF), at_least=at_least, most=3)
    return [hit.key for hit in hits]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("房产证怎么办?", 1),
        ("请问一下, 我的房产证什么时候可以办理", 1),
        ("契税要交多少", 2),
        ("公积金贷款材料", 3),
        ("车位能不能单独买", 4),
        ("Which documents for a mortgage", 5),
        ("如何办理房产证", 1),
    ],
)
def test_plain_questions_find_their_article(question: str, best: int) -> None:
    assert found(question)[:1] == [best]


@pytest.mark.parametrize(
    "question",
    ["幼儿园什么时候开学", "小区可以养狗吗", "Is there a swimming pool?", "请问", "??", ""],
)
def test_a_question_without_an_article_has_no_answer(question: str) -> None:
    assert found(question) == []


def test_polite_words_and_marks_do_not_make_another_question() -> None:
    assert core_of("请问契税多少?") == core_of("契税!") == "契税"
    assert tokens_of("契税") == ("契税",)
    assert tokens_of("How do I pay the deposit") == ("pay", "deposit")


def test_what_is_kept_of_a_question_holds_no_long_number() -> None:
    assert clean_question("我的电话 138 1234 5678\n请回电") == "我的电话 … 请回电"
    assert clean_question("3栋1202 房什么时候交") == "3栋1202 房什么时候交"
    assert len(clean_question("房" * 900)) == 200


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    shelf = [
        Candidate(1, ("购房合同怎么改名",), "购房合同怎么改名"),
        Candidate(2, ("购房流程",), "购房流程 购房"),
        Candidate(3, ("购房资格",), "购房资格 购房"),
    ]
    hits = rank("购房改名", shelf, total=3, at_least=0.3, most=3)
    assert hits[0].key == 1
