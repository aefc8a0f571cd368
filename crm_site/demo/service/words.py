"""What buyers of the demo company bring to the service desk, and what becomes of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing people call about: who sees to it, what is agreed, how it ends."""

    kind: str
    subject: str
    body: str
    department: str
    plan: str
    solution: str
    task: str = ""  # of the department, where somebody else has to act
    urgency: str = "routine"
    needs_home: bool = True  # only people with a home of their own ask


# What Chinese buyers say, as data of the demo.
MATTERS: tuple[Matter, ...] = (
    Matter(
        "complaint",
        "主卧飘窗下雨渗水",
        "上周下雨，主卧飘窗左下角渗水，墙面起泡约半平方米，已拍照。",
        "engineering",
        "三日内做淋水试验，确认渗漏点后重做窗边防水，同步修复墙面。",
        "窗框打胶断裂，已重新打胶并做淋水试验两小时无渗漏，墙面已修复。",
        task="飘窗淋水试验并出具原因",
        urgency="urgent",
    ),
    Matter(
        "complaint",
        "卫生间地漏返味",
        "次卫地漏每天早晨有异味，换过水封仍有。",
        "engineering",
        "检查存水弯与立管通气，两日内上门。",
        "存水弯安装过浅，已更换深水封地漏，三天后复查无异味。",
        task="检查次卫存水弯",
    ),
    Matter(
        "complaint",
        "楼上装修夜间施工",
        "楼上晚上九点后仍有电钻声，已经连续四天。",
        "property",
        "当晚上门劝止，并与施工方签订时段承诺。",
        "已与装修方签订时段承诺书，物业每晚巡查两次，一周内未再发生。",
        task="夜间巡查并留记录",
    ),
    Matter(
        "complaint",
        "地下车库积水影响停车",
        "大雨后二层车库坡道口积水，车位 B2-118 无法停。",
        "property",
        "疏通截水沟，加设挡水板，雨季每日检查。",
        "截水沟已清淤，加装挡水板，之后两次大雨无积水。",
        task="清理车库截水沟",
        urgency="urgent",
    ),
    Matter(
        "complaint",
        "交付时间一再推迟没有说明",
        "合同约定的交付日已过一个月，现场只说等通知。",
        "sales_office",
        "书面说明原因和新的节点，由客户专员每周告知进度。",
        "已寄出书面说明与违约金计算，客户确认收到，每周四电话告知进度。",
        urgency="complex",
    ),
    Matter(
        "complaint",
        "宣传的社区食堂没有开",
        "买房时说交付即开放社区食堂，现在还是毛坯。",
        "marketing",
        "核对当时资料，给出开放日期和过渡办法。",
        "已书面确认食堂开放日期，过渡期由物业提供送餐车。",
        task="核对当时的宣传资料",
    ),
    Matter(
        "complaint",
        "置业顾问答应的赠品没有兑现",
        "签约时说送净水器，交房时说活动已结束。",
        "sales_office",
        "查当时的承诺记录，三日内答复。",
        "核实承诺有记录，净水器已安装，客户签收。",
    ),
    Matter(
        "complaint",
        "电梯一周内两次停运",
        "三单元右侧电梯一周停了两次，老人上楼困难。",
        "property",
        "维保单位更换门机控制板，停运期间安排人员协助。",
        "门机控制板已更换，运行两周无故障，维保报告已公示。",
        task="督促维保单位更换配件",
        urgency="urgent",
    ),
    Matter(
        "inquiry",
        "公积金贷款放款进度",
        "已签约两个月，想知道公积金放款到哪一步。",
        "finance",
        "",
        "银行已受理，预计下周放款；放款当天专员会再致电。",
    ),
    Matter(
        "inquiry",
        "装修申请需要哪些材料",
        "准备开工，想问装修押金和施工证怎么办。",
        "property",
        "",
        "已发送装修手册和材料清单，押金两千元，竣工验收后十日内退。",
    ),
    Matter(
        "inquiry",
        "二期什么时候开盘",
        "朋友也想买，问二期户型和时间。",
        "sales_office",
        "",
        "二期预计下季度取得预售许可，已登记意向，取证当天告知。",
        needs_home=False,
    ),
    Matter(
        "inquiry",
        "不动产权证办理时间",
        "交房三个月了，想问产权证什么时候能办。",
        "service_centre",
        "",
        "大产权已办妥，可从下周一起预约，所需材料已短信告知。",
    ),
    Matter(
        "inquiry",
        "车位租售价格",
        "问地下车位的租价和售价，是否可以先租后买。",
        "sales_office",
        "",
        "已告知租价和售价，租满一年购买可抵三个月租金。",
        needs_home=False,
    ),
    Matter(
        "repair",
        "入户门锁体松动",
        "门锁把手晃动，反锁时要抬一下。",
        "engineering",
        "",
        "锁体固定螺栓松脱，已加固并更换面板，试用十次正常。",
    ),
    Matter(
        "repair",
        "厨房水槽下方漏水",
        "水槽下面软管接口滴水，已关角阀。",
        "engineering",
        "",
        "更换软管与密封垫，通水三十分钟无渗漏。",
        urgency="urgent",
    ),
    Matter(
        "repair",
        "客厅开关面板不通电",
        "客厅靠阳台的双控开关没有反应。",
        "engineering",
        "",
        "接线端子松动，已重新压接，双控恢复。",
    ),
    Matter(
        "suggestion",
        "希望北门增加非机动车通道",
        "早高峰北门人车混行，建议分开。",
        "property",
        "",
        "已在北门划出非机动车道，本月底完成护栏。",
        needs_home=False,
    ),
    Matter(
        "suggestion",
        "样板间能否提供充电和饮水",
        "带老人看房时间长，希望有座位和热水。",
        "sales_office",
        "",
        "样板间已增加座椅、热水和充电位。",
        needs_home=False,
    ),
    Matter(
        "price_dispute",
        "同户型调价后要求补差",
        "签约一个月后同户型降价约三万，要求补差。",
        "sales_office",
        "核对价格承诺书，由调解专员约见客户。",
        "按价格承诺书以物业费抵扣差额，客户签署确认。",
        task="核对价格承诺书与当日价单",
        urgency="complex",
    ),
)
LEAK = Matter(
    "complaint",
    "外墙渗水",
    "连续下雨后{room}外墙内侧渗水，墙皮脱落，同一单元多户都有。",
    "engineering",
    "与同单元住户一并处理：外墙吊篮检查，重做拼缝防水。",
    "外墙拼缝防水已重做，经三次降雨无渗漏。",
    task="外墙吊篮检查拼缝",
    urgency="urgent",
)
ROOMS = ("主卧", "客厅", "次卧", "书房")
REFUSED = "客户说还没有修好"
AGAIN = "已再次上门处理，请客户现场确认。"
WAITING = "等客户确认上门时间"
GLAD = ("处理很快，谢谢", "问题解决了，态度也好", "满意", "")
CROSS = ("修好了，但是来回打了三次电话", "解决了，态度一般", "等得太久")
DIRECTIVE = "请在三个工作日内报送处理计划，并说明同单元其他住户的情况。"
