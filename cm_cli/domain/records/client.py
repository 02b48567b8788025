"""A client (客户): what it is, where, in which industry and how large (K16, S38, S39)."""

from __future__ import annotations

from decimal import Decimal

from cm_cli.domain.fields import Choice, Code, Named, Option, Several, Text
from cm_cli.domain.identity import CreditCode, Phone
from cm_cli.domain.kind import Field, Kind, searchable
from cm_cli.domain.quantities import Amount
from cm_cli.language import later

KINDS = (
    Option("multinational", {"zh": "跨国或跨区域企业", "en": "multinational or cross-region"}, ("跨国企业", "集团")),
    Option("regional", {"zh": "区域性大型企业", "en": "regional large enterprise"}, ("大型企业",)),
    Option("sme", {"zh": "中小型企业", "en": "small or medium enterprise"}, ("中小企业",)),
    Option("high_risk", {"zh": "高风险企业", "en": "high-risk enterprise"}),
    Option("financial", {"zh": "金融机构", "en": "financial institution"}),
    Option("body", {"zh": "非企业团体及政府", "en": "non-enterprise body or government"}, ("政府机构", "事业单位")),
    Option("investor", {"zh": "高资产投资者", "en": "high-asset investor"}),
    Option("depositor", {"zh": "高额存款户", "en": "high depositor"}),
    Option("borrower", {"zh": "信贷客户", "en": "credit client"}),
    Option("ordinary", {"zh": "普通存款户", "en": "ordinary depositor"}),
)
RELATIONS = (
    Option("new", {"zh": "新客户", "en": "new"}, ("新",)),
    Option("old", {"zh": "老客户", "en": "old"}, ("老", "旧客户", "existing")),
)
STATUS = (
    Option("active", {"zh": "正常", "en": "active"}),
    Option("dropping", {"zh": "拟淘汰", "en": "being dropped"}),
    Option("lost", {"zh": "已流失", "en": "lost"}),
)

KIND = Kind(
    name="client",
    zh="客户",
    en="client",
    plural="clients",
    key=("code",),
    order=("code",),
    search="name",
    listed=("code", "name", "region", "industry", "assets"),
    fields=(
        Field("code", Code(), "客户编号", "Code", later("Client code."), ("编号", "客户号", "客户代码", "代码", "证券代码", "股票代码", "client code", "account code", "symbol"), required=True),
        Field("name", Text(longest=120), "客户名称", "Name", later("Full name."), ("客户", "名称", "客户名", "企业名称", "公司名称", "证券简称", "股票名称", "account", "company", "client"), required=True),
        Field("kind", Choice(options=KINDS), "客户类型", "Kind", later("Kind of client."), ("客户类别", "类型")),
        Field("region", Named(tree="regions"), "地区", "Region", later("Region, as 浙江 or 杭州."), ("区域", "所属地区", "省份", "所在省份", "所在地", "城市", "area", "province", "office location", "地域")),
        Field("industry", Named(tree="industries"), "行业", "Industry", later("Industry."), ("所属行业", "细分行业", "sector")),
        Field("assets", Amount(unit="万元", least=Decimal(0)), "总资产", "Total assets", later("Total assets in 万元 (other units may be written)."), ("资产总额", "资产总计", "totalassets")),
        Field("sales", Amount(unit="万元", least=Decimal(0)), "营业收入", "Annual sales", later("Annual sales in 万元."), ("销售额", "年销售额", "生意额", "revenue", "sales")),
        Field("relation", Choice(options=RELATIONS), "新老客户", "Relation", later("New or old client."), ("客户关系",)),
        Field("services", Several(of=Text(longest=40)), "服务", "Services", later("Bank services used."), ("银行服务", "service")),
        Field("status", Choice(options=STATUS), "状态", "Status", later("Active, being dropped or lost."), ("客户状态",), default="active"),
        Field("contact", Text(longest=60), "联系人", "Contact", later("Person to talk to."), ("主要联系人",), personal=True),
        Field("phone", Phone(), "电话", "Phone", later("Telephone."), ("联系电话", "手机"), personal=True),
        Field("credit_code", CreditCode(), "统一社会信用代码", "Credit code", later("Unified social credit code, 18 characters."), ("信用代码", "社会信用代码", "uscc")),
        Field("introduced_by", Text(longest=60), "介绍人", "Introduced by", later("Who introduced the client.")),
        Field("note", Text(longest=2000, lines=True), "备注", "Note", later("Anything else.")),
        *searchable("名称", "Name"),
    ),
    examples={
        "add": (
            "cm client add 688981 --name 中芯国际 --region 上海 --industry 半导体 --assets 1200亿",
        ),
        "list": (
            "cm client list --region 浙江 --unassigned",
            "cm client list --sort -assets --limit 10",
            "cm client list --size large --fields code,name,manager --json",
        ),
        "show": ("cm client show 000001",),
        "set": ("cm client set 000001 --sales 900亿 --reason 年报更新",),
    },
)
