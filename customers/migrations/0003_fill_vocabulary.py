"""The controlled lists a developer starts with: sources, layouts, reasons for losing, cities."""

from django.db import migrations

# list -> (code, Chinese, English, other spellings), in the order they are offered
TERMS = {
    "source": [
        ("walk_in", "自然来访", "Walk-in", ["自访", "路过", "上门", "walkin", "walk in"]),
        ("hotline", "来电", "Hotline", ["电话", "热线", "呼入", "phone", "call"]),
        ("website", "官网", "Website", ["网站", "官方网站", "web"]),
        ("app", "手机应用", "App", ["APP", "客户端"]),
        ("wechat", "微信公众号", "WeChat account", ["微信", "公众号", "小程序", "wechat"]),
        ("short_video", "短视频", "Short video", ["抖音", "快手", "视频号", "直播", "douyin"]),
        ("property_portal", "房产平台", "Property portal", ["房产网站", "贝壳", "安居客", "房天下", "链家", "portal"]),
        ("search_engine", "搜索引擎", "Search engine", ["百度", "搜索", "google ads", "google", "sem"]),
        ("social_media", "社交媒体", "Social media", ["小红书", "微博", "facebook ads", "facebook"]),
        ("agent", "渠道中介", "Agent", ["中介", "渠道", "分销", "经纪人", "broker"]),
        ("referral", "老带新", "Referral", ["老客户推荐", "老业主推荐", "朋友介绍", "推荐", "转介"]),
        ("exhibition", "展会", "Exhibition", ["房展", "巡展", "expo"]),
        ("advertising", "广告", "Advertising", ["户外", "报纸", "电梯广告", "outdoor"]),
        ("after_sales", "售后服务台", "After-sales desk", ["售后", "老业主再购"]),
        ("import", "历史导入", "Import", ["导入", "历史数据"]),
        ("other", "其他", "Other", ["其它", "未知", "unknown"]),
    ],
    "layout": [
        ("studio", "单间", "Studio", ["开间", "公寓"]),
        ("bed1", "一居", "1 bedroom", ["一室", "一房", "1居", "1室", "1bhk", "一居室"]),
        ("bed2", "两居", "2 bedrooms", ["二居", "两室", "两房", "2居", "2室", "2房", "2bhk", "两居室", "二居室"]),
        ("bed3", "三居", "3 bedrooms", ["三室", "三房", "3居", "3室", "3房", "3bhk", "三居室", "三室两厅", "三室二厅"]),
        ("bed4", "四居", "4 bedrooms", ["四室", "四房", "4居", "4室", "4房", "4bhk", "四居室", "四室两厅", "四室二厅"]),
        ("bed5", "五居及以上", "5 bedrooms or more", ["五居", "五室", "五房", "5居", "5室", "5房", "5bhk", "六居"]),
        ("duplex", "复式", "Duplex", ["跃层", "loft"]),
        ("villa", "别墅", "Villa", ["联排", "叠拼", "独栋", "townhouse"]),
        ("shop", "商铺", "Shop", ["店铺", "底商"]),
        ("office", "写字楼", "Office", ["办公"]),
        ("parking", "车位", "Parking space", ["车库"]),
    ],
    "lost_reason": [
        ("price", "价格超出预算", "Price above budget", ["太贵", "价格高"]),
        ("bought_elsewhere", "已购竞品", "Bought from a competitor", ["买了别家", "已购"]),
        ("location", "位置不合适", "Location does not suit", ["地段", "太远"]),
        ("layout", "户型不合适", "Layout does not suit", ["户型"]),
        ("no_credit", "贷款或资格不足", "No loan or no permission to buy", ["限购", "征信", "贷款"]),
        ("postponed", "推迟购房", "Purchase postponed", ["观望", "暂缓"]),
        ("service", "对服务不满意", "Unhappy with the service", ["服务"]),
        ("unreachable", "联系不上", "Cannot be reached", ["空号", "停机", "失联"]),
        ("invalid", "无效线索", "Invalid lead", ["误拨", "广告推销", "spam"]),
        ("other", "其他", "Other", ["其它"]),
    ],
    "city": [
        ("beijing", "北京", "Beijing", ["北京市"]),
        ("shanghai", "上海", "Shanghai", ["上海市"]),
        ("guangzhou", "广州", "Guangzhou", ["广州市"]),
        ("shenzhen", "深圳", "Shenzhen", ["深圳市"]),
        ("hangzhou", "杭州", "Hangzhou", ["杭州市"]),
        ("nanjing", "南京", "Nanjing", ["南京市"]),
        ("suzhou", "苏州", "Suzhou", ["苏州市"]),
        ("chengdu", "成都", "Chengdu", ["成都市"]),
        ("chongqing", "重庆", "Chongqing", ["重庆市"]),
        ("wuhan", "武汉", "Wuhan", ["武汉市"]),
        ("xian", "西安", "Xi'an", ["西安市"]),
        ("tianjin", "天津", "Tianjin", ["天津市"]),
        ("hong_kong", "香港", "Hong Kong", ["香港特别行政区"]),
        ("macau", "澳门", "Macau", ["澳门特别行政区"]),
    ],
}


def fill(apps, schema_editor):
    term = apps.get_model("customers", "VocabularyTerm")
    rows = [
        term(list_key=key, code=code, label_zh=zh, label_en=en, aliases=aliases, position=10 * (place + 1))
        for key, terms in TERMS.items()
        for place, (code, zh, en, aliases) in enumerate(terms)
    ]
    term.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_guard_rows")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
