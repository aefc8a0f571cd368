"""The headers under which files bring a field of a customer: data, not wording."""

# han: what people write above their columns
# Compared by letters and digits only.
ALIASES = {
    "name": ("姓名, 客户姓名, 客户, 客户名称, 称呼, customer name, full name, client, customer"),
    "phone": (
        "手机, 电话, 手机号, 手机号码, 联系电话, 联系方式, 电话号码, mobile, tel, "
        "telephone, phone number, cell"
    ),
    "external_id": (
        "lead id, 客户编号, 线索编号, 线索id, 编号, 客户id, customer id, id, external id"
    ),
    "received_at": (
        "lead created ts, created at, created, received, lead date, enquiry date, "
        "登记时间, 登记日期, 留资时间, 来访时间, 来访日期, 接访时间, 线索时间, 创建时间, "
        "咨询时间, 日期, 时间"
    ),
    "source": (
        "lead source, lead source raw, 来源, 来源渠道, 客户来源, 渠道, 线索来源, 媒体, "
        "认知途径, channel"
    ),
    "campaign": ("raw campaign name, campaign name, 活动, 营销活动, 活动名称, 推广活动"),
    "owner": (
        "assigned exec id, owner id, assigned to, sales, sales exec, consultant, "
        "置业顾问, 顾问, 销售, 归属, 归属人, 跟进人, 负责人, 工号, 顾问工号"
    ),
    "project_code": ("project id, 项目编号, 项目编码, 项目代码"),
    "project_name": ("project, 项目, 项目名称, 楼盘, 意向项目, 楼盘名称"),
    "layout": ("preferred unit type, unit type, 户型, 意向户型, 需求户型, 房型"),
    "budget": ("预算, 预算范围, 总价预算, 购房预算, 预算区间, price range"),
    "budget_min": ("预算下限, 最低预算, min budget, budget from"),
    "budget_max": ("预算上限, 最高预算, max budget, budget to"),
    "email": ("邮箱, 电子邮箱, 邮件, mail, e-mail"),
    "wechat": ("微信, 微信号, wechat id"),
    "city": ("城市, 所在城市, 居住城市"),
    "district": ("区域, 区县, 居住区域, 所在区域"),
    "address": ("地址, 居住地址, 联系地址, 通讯地址"),
    "gender": ("性别, sex"),
    "birthday": ("生日, 出生日期, birth date, dob, date of birth"),
    "id_number": ("证件号, 身份证, 身份证号, 身份证号码, 证件号码"),
    "annual_income": ("年收入, 家庭年收入, income"),
    "occupation": ("职业, 行业, job"),
    "family": ("家庭结构, 家庭, 家庭情况"),
    "motive": ("购房动机, 置业目的, 购房目的, purpose"),
    "intent": ("意向, 意向程度, 意向等级, 意向强度, intent level"),
    "enquiry": ("咨询内容, 需求, 留言, message, question"),
    "remark": ("备注, 说明, note, notes, comment, remarks"),
}
