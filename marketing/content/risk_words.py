"""The built-in list of risk words, by what the law says; people keep it as a policy (PLT-12).

Advertising Law of the PRC: article 9 (what no advert may hold), 11 (figures with their source),
13 (no belittling of others), 26 (homes: no promise of gain, no place by time of travel, prices by
the rules, no misleading about what is only planned; areas as built or inner area), 28 (deceit).
"""

from typing import Any, Final

from marketing.content.rules.scanning import Level

BANNED, EVIDENCE, APPROVAL = Level.BANNED, Level.EVIDENCE, Level.APPROVAL

# law, level, advice, words, inside, near
GROUPS: Final[tuple[dict[str, Any], ...]] = (
    {
        "law": "广告法第九条第一项",  # han: the law
        "level": BANNED,
        "advice": "删去国家象征",  # han: advice
        "words": "国旗 国歌 国徽 军旗 军歌 军徽",  # han: words
    },
    {
        "law": "广告法第九条第二项",  # han: the law
        "level": BANNED,
        "advice": "不得借用国家机关及其工作人员的名义或形象",  # han: advice
        "words": "国务院 中南海 国家领导 国家机关*推荐 政府*推荐 政府*指定 特供 专供",  # han: words
    },
    {
        "law": "广告法第九条第三项",  # han: the law
        "level": BANNED,
        "advice": "删去绝对化用语，写可核实的事实",  # han: advice
        "words": (
            "国家级 世界级 全球级 宇宙级 最高级 最佳 最好 最大 最高 最低"  # han: words
            " 最优 最美 最强 最先进 最豪华"  # han: words
            " 最便宜 最值得 第一 唯一 首个 首席 顶级 顶尖 极致 极品 绝版"  # han: words
            " 绝佳 绝无仅有 独一无二 史无前例"  # han: words
            " 无与伦比 空前绝后 万能 王牌 冠军 巅峰 至尊 终极 王者 no.1 top1"  # han: words
            " 填补*空白"  # han: words
        ),
        "inside": (
            "第一时间 第一期 第一批 第一次 第一步 第一阶段 第一层"  # han: words
            " 最高人民法院 最高层 最低首付 最大程度"  # han: words
        ),
    },
    {
        "law": "广告法第九条第八项",  # han: the law
        "level": BANNED,
        "advice": "删去迷信、赌博、暴力等内容",  # han: advice
        "words": "风水 龙脉 旺财 招财 辟邪 转运 算命 赌场 色情 暴力",  # han: words
    },
    {
        "law": "广告法第九条第九项",  # han: the law
        "level": BANNED,
        "advice": "不得含有歧视内容",  # han: advice
        "words": "上等人 下等人 高人一等 穷人 富人区 低端人口",  # han: words
    },
    {
        "law": "广告法第二十六条第一项",  # han: the law
        "level": BANNED,
        "advice": "不得承诺升值或者投资回报",  # han: advice
        "words": (
            "保证升值 必然升值 必涨 只涨不跌 稳赚 稳升 包赚 投资回报 年回报"  # han: words
            " 回报率 收益率 包租 返租 翻倍"  # han: words
            " 零风险 无风险 坐收租金 一铺养三代 保值增值 升值空间 买到就是赚到"  # han: words
        ),
    },
    {
        "law": "广告法第二十六条第一项",  # han: the law
        "level": APPROVAL,
        "advice": "涉及保值、升值的表述须经专门审批",  # han: advice
        "words": "升值 增值 保值 潜力 价值洼地",  # han: words
        "inside": "增值税 增值服务",  # han: words
    },
    {
        "law": "广告法第二十六条第二项",  # han: the law
        "level": BANNED,
        "advice": "不得以所需时间表示位置，改写实际距离",  # han: advice
        "words": (
            "#分钟直达 #分钟即达 #分钟到达 #分钟可达 #分钟抵达 #分钟车程"  # han: words
            " #分钟路程 #分钟*商圈 #分钟*地铁"  # han: words
            " #分钟*市中心 步行#分钟 车程#分钟 驱车#分钟 #分钟生活圈"  # han: words
        ),
    },
    {
        "law": "广告法第二十六条第三项",  # han: the law
        "level": EVIDENCE,
        "advice": "价格与优惠须有价目表或方案为据，并写明期限",  # han: advice
        "words": "原价 特价 起价 一口价 清盘价 折后 #折 立减 优惠价 工抵房",  # han: words
    },
    {
        "law": "广告法第二十六条第四项",  # han: the law
        "level": EVIDENCE,
        "advice": "规划或者建设中的设施须注明并附批准文件",  # han: advice
        "words": (
            "规划中 在建 拟建 待建 即将通车 即将开通 即将开业 未来地铁 双地铁"  # han: words
            " 地铁口"  # han: words
        ),
    },
    {
        "law": "广告法第二十六条第四项、房地产广告发布规定",  # han: the law
        "level": BANNED,
        "advice": "不得承诺办理户口、就业、升学等事项",  # han: advice
        "words": (
            "学区房 学位房 包入学 保证入学 承诺入学 送学位 买房落户 包落户"  # han: words
            " 解决户口"  # han: words
        ),
    },
    {
        "law": "广告法第二十六条",  # han: the law
        "level": BANNED,
        "advice": "面积须写明为建筑面积或者套内建筑面积",  # han: advice
        "words": "#㎡ #平方米 #平米",  # han: words
        "near": "建筑面积 套内 建面 占地 绿地 用地",  # han: what explains an area
    },
    {
        "law": "房地产广告发布规定",  # han: the law
        "level": BANNED,
        "advice": "未取得预售许可不得发布",  # han: advice
        "words": "内部认购 内部认筹 内购房 认筹",  # han: words
    },
    {
        "law": "广告法第十一条",  # han: the law
        "level": EVIDENCE,
        "advice": "数据、统计资料、专利和获奖须准确并标明出处",  # han: advice
        "words": "#% 销量 热销 专利 获奖 荣获 认证 绿化率 容积率 得房率 满意度",  # han: words
    },
    {
        "law": "广告法第十三条",  # han: the law
        "level": BANNED,
        "advice": "不得贬低其他经营者",  # han: advice
        "words": "吊打 碾压 完胜 秒杀全城 远胜 其他楼盘都",  # han: words
    },
    {
        "law": "广告法第二十八条",  # han: the law
        "level": EVIDENCE,
        "advice": "期限、数量须属实并有据可查",  # han: advice
        "words": "最后一天 最后#套 仅剩 仅此一次 即将涨价 马上涨价 售罄",  # han: words
    },
)
