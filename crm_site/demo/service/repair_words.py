"""What breaks in the homes of the demo company, who repairs it, and what owners say of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks: part and trade, what the owner says, what is found and done."""

    part: str
    trade: str
    subject: str
    body: str
    finding: str
    plan: str
    work: str
    refused: str
    cost: int  # yuan, what doing it again costs


@dataclass(frozen=True, slots=True)
class Firm:
    """A contractor: its trades, and how it works (shares of 1)."""

    name: str
    trades: tuple[str, ...]
    contact: str
    built: tuple[str, ...] = ()  # trades of the first projects it built
    well: float = 0.9  # accepted the first time
    in_time: float = 0.9
    comes_back: float = 0.05


FIRMS: tuple[Firm, ...] = (
    Firm(
        "东篱建筑工程",
        trades=("walls", "floor", "sealing"),
        contact="贺工",
        built=("walls", "floor"),
        well=0.84,
        in_time=0.82,
        comes_back=0.1,
    ),
    Firm(
        "固本防水工程",
        trades=("sealing", "walls"),
        contact="祝工",
        built=("sealing",),
        well=0.68,
        in_time=0.74,
        comes_back=0.22,
    ),
    Firm(
        "明渠机电安装",
        trades=("power", "water"),
        contact="苗工",
        built=("power", "water"),
        well=0.93,
        in_time=0.95,
        comes_back=0.03,
    ),
    Firm("启扉门窗", trades=("doors",), contact="柯工", built=("doors",), well=0.88, in_time=0.78),
    Firm(
        "安居工程维保部",
        trades=("doors", "water", "fittings", "other"),
        contact="蔡工",
        built=("fittings",),
        well=0.95,
        in_time=0.96,
    ),
)

FAULTS: tuple[Fault, ...] = (
    Fault(
        "waterproofing",
        "sealing",
        "主卫淋浴区渗水到卧室墙面",
        "主卫用水后卧室靠卫生间的墙角返潮，墙皮起泡约三十厘米。",
        "淋浴区墙根防水层高度不足，阴角开裂。",
        "拆除墙根两排瓷砖，重做防水至一米八，闭水四十八小时后恢复。",
        "防水重做并闭水四十八小时无渗漏，瓷砖与卧室墙面已恢复。",
        "闭水后第二天墙角仍然返潮，瓷砖颜色也不一致。",
        2800,
    ),
    Fault(
        "waterproofing",
        "sealing",
        "次卧窗下外墙渗水",
        "连续下雨后次卧窗台下方渗水，地板边缘发黑。",
        "窗框与外墙接缝密封胶老化脱落。",
        "外墙吊篮作业，清缝后重新打胶，淋水试验两小时。",
        "接缝已重新打胶，淋水两小时无渗漏，地板边条已更换。",
        "昨晚下雨又渗了，比上次少一些。",
        1900,
    ),
    Fault(
        "services",
        "water",
        "厨房水槽下方漏水",
        "水槽下面软管接口滴水，已关角阀。",
        "软管密封垫老化，接口未拧紧。",
        "更换软管与密封垫，通水三十分钟观察。",
        "软管与密封垫已更换，通水三十分钟无渗漏。",
        "当天不漏，第二天早上又有水滴。",
        260,
    ),
    Fault(
        "services",
        "power",
        "客厅回路频繁跳闸",
        "开空调和热水器时客厅回路跳闸，一天两三次。",
        "客厅插座回路接线端子松动发热。",
        "更换端子与漏电保护器，满载测试一小时。",
        "端子与漏电保护器已更换，满载一小时未跳闸。",
        "换了以后还是跳了一次。",
        420,
    ),
    Fault(
        "services",
        "water",
        "次卫下水慢、地漏返味",
        "次卫排水慢，早晨有异味。",
        "立管接口处有施工残留水泥，存水弯偏浅。",
        "疏通立管，更换深水封地漏。",
        "立管已疏通，地漏已更换，三天后复查无异味。",
        "味道轻了但还有。",
        380,
    ),
    Fault(
        "decoration",
        "walls",
        "客厅顶面乳胶漆开裂",
        "客厅吊顶接缝处裂缝约一米五。",
        "石膏板接缝未贴绷带。",
        "铲除接缝腻子，贴绷带后重新批刮，整面补漆。",
        "接缝贴绷带重做，整面重新涂刷，色差在两米外不可见。",
        "补漆的地方颜色发黄，能看出来。",
        900,
    ),
    Fault(
        "decoration",
        "floor",
        "入户木地板起拱",
        "玄关木地板中间拱起，踩上去有响声。",
        "伸缩缝留得太小，地板受潮膨胀。",
        "拆下六块地板，修整伸缩缝，重铺。",
        "伸缩缝修整后重铺六块地板，踩踏无响声。",
        "响声还在，只是小了。",
        1100,
    ),
    Fault(
        "decoration",
        "doors",
        "阳台推拉门关不严",
        "阳台推拉门下滑轮卡，关不严漏风。",
        "下滑轮破损，门扇下垂四毫米。",
        "更换滑轮并调平门扇，更换密封条。",
        "滑轮与密封条已更换，门扇调平，透光检查合格。",
        "推起来顺了，但是锁扣对不上。",
        350,
    ),
    Fault(
        "decoration",
        "doors",
        "入户门锁体松动",
        "门锁把手晃动，反锁时要抬一下。",
        "锁体固定螺栓松脱。",
        "加固螺栓，更换面板。",
        "锁体已加固并更换面板，反锁十次正常。",
        "过了一天又松了。",
        180,
    ),
    Fault(
        "decoration",
        "fittings",
        "橱柜门板铰链脱落",
        "洗碗机旁边的橱柜门掉下来了。",
        "铰链安装孔扩大，螺钉吃不住力。",
        "移位打孔，更换阻尼铰链。",
        "铰链移位安装，开合五十次正常。",
        "门板和旁边的高低差太大。",
        220,
    ),
    Fault(
        "insulation",
        "walls",
        "北卧室冬天墙面结露",
        "北卧室外墙内侧结露发霉。",
        "外墙保温板拼缝存在热桥。",
        "内侧增补保温层，除霉后重新涂刷。",
        "已增补保温层并除霉，红外检测墙面温差小于两度。",
        "墙角还有一小片发霉。",
        2600,
    ),
)
# Subjects of the tickets of repair that come through the desk, and the fault behind them.
KNOWN = {
    "入户门锁体松动": "入户门锁体松动",
    "厨房水槽下方漏水": "厨房水槽下方漏水",
    "客厅开关面板不通电": "客厅回路频繁跳闸",
}
ACCEPTED = ("看过了，没有问题", "修得干净，谢谢", "可以了", "已试用两天，正常")
CAME_BACK = "修好一个月后同一处又出现"
CHARGE = "同一部位返工，含材料与恢复"
DISPUTE = "分包认为是业主使用造成，要求复核"
