from crm_site.exchange.rules.columns import Column
from crm_site.exchange.rules.mapping import Target, propose, repeated, signature

TARGETS = [
    Target("name", ("姓名", "客户姓名")),
    Target("phone", ("手机", "电话"), "phone"),
    Target("budget", ("预算",)),
]


def column(header: str, *cells: str) -> Column:
    found = Column(header)
    for cell in cells:
        found.add(cell)
    return found


def test_headers_then_values_then_new_fields() -> None:
    columns = [
        column(" 客户 姓名 ", "王浩"),
        column("联系人", "15400000001", "154 0000 0002"),
        column("lead_score", "19", "21"),
        column("是否首购", "是", "否"),
        column("生效", "2026-05-20"),
        column("空列"),
        column("第二电话", "15400000003"),
        column("#原因", "x"),
    ]
    assert propose(columns, TARGETS, allow_new=True) == {
        " 客户 姓名 ": "name",
        "联系人": "phone",
        "lead_score": "new:number",
        "是否首购": "new:boolean",
        "生效": "new:date",
        "空列": "",
        "第二电话": "",
        "#原因": "",
    }


def test_a_field_is_proposed_once() -> None:
    columns = [column("姓名", "王"), column("客户姓名", "李")]
    assert propose(columns, TARGETS, allow_new=False) == {"姓名": "name", "客户姓名": ""}


def test_repeated_names_the_fields_claimed_twice() -> None:
    assert repeated(
        {"a": "name", "b": "name", "c": "", "d": "", "e": "new:text", "f": "new:text"}
    ) == ["name"]


def test_the_signature_ignores_order_spelling_and_our_remarks() -> None:
    assert signature(["姓名", "Lead ID"]) == signature(["lead_id", "姓 名", "#reason"])
    assert signature(["姓名"]) != signature(["姓名", "电话"])
