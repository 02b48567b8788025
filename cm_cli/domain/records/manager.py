"""A client manager (客户经理): who, where, of which grade, in charge of what (K02, S01.R2)."""

from __future__ import annotations

from decimal import Decimal

from cm_cli.domain.fields import Choice, Code, Named, Option, Several, Text, YesNo
from cm_cli.domain.identity import Phone
from cm_cli.domain.kind import Field, Kind, searchable
from cm_cli.domain.quantities import Day, Number
from cm_cli.language import later

EDUCATION = (
    Option("none", {"zh": "无", "en": "none"}),
    Option("secondary", {"zh": "高中", "en": "secondary school"}, ("初中", "中学")),
    Option("technical_secondary", {"zh": "中专", "en": "technical secondary school"}),
    Option("college", {"zh": "大专", "en": "junior college"}, ("专科", "大学专科")),
    Option("bachelor", {"zh": "本科", "en": "bachelor"}, ("大学本科", "学士", "大学")),
    Option("master", {"zh": "硕士", "en": "master"}, ("研究生", "硕士研究生")),
    Option("doctor", {"zh": "博士", "en": "doctor"}, ("博士研究生",)),
)
EMPLOYMENT = (
    Option("regular", {"zh": "正式", "en": "regular"}, ("正式工",)),
    Option("contract", {"zh": "合同", "en": "contract"}, ("合同工", "合同制")),
    Option("labour_service", {"zh": "劳务", "en": "labour service"}, ("劳务工", "派遣")),
    Option("agent", {"zh": "代办员", "en": "agent"}, ("业务代办员",)),
    Option("outside", {"zh": "外聘", "en": "outside hire"}),
    Option("part_time", {"zh": "兼职", "en": "part-time"}),
)
STATUS = (
    Option("active", {"zh": "在岗", "en": "active"}, ("在职",)),
    Option("suspended", {"zh": "停职", "en": "suspended"}, ("暂停",)),
    Option("departed", {"zh": "离职", "en": "departed"}, ("离岗", "调离")),
)
MEASURES = (
    Option("clients", {"zh": "客户数", "en": "number of clients"}, ("户数",)),
    Option("assets", {"zh": "总资产", "en": "total assets"}),
    Option("sales", {"zh": "营业收入", "en": "annual sales"}, ("销售额",)),
)

KIND = Kind(
    name="manager",
    zh="客户经理",
    en="manager",
    plural="managers",
    key=("code",),
    order=("code",),
    search="name",
    listed=("code", "name", "unit", "grade", "status", "regions", "industries", "sizes"),
    fields=(
        Field("code", Code(), "工号", "Code", later("Staff code."), ("客户经理编号", "编号", "客户经理工号", "员工号", "employee id", "staff id"), required=True),
        Field("name", Text(longest=60), "姓名", "Name", later("Name."), ("客户经理", "客户经理姓名", "full name"), required=True),
        Field("unit", Text(longest=80), "机构", "Unit", later("Branch or outlet."), ("单位", "部门", "所在机构", "branch"), required=True),
        Field("line", Code(), "条线", "Line", later("Line of business, as corporate or retail; it may have a regulation of its own."), ("业务条线", "业务线", "line of business")),
        Field("grade", Choice(source="grades"), "职级", "Grade", later("Grade by the regulation."), ("等级", "级别"), required=True),
        Field("education", Choice(options=EDUCATION), "学历", "Education", later("Highest education."), ("最高学历",)),
        Field("entered", Day(), "入职日期", "Entered", later("Day of entry."), ("入职时间", "入行日期", "entry date", "hire date")),
        Field("post_since", Day(), "任职起始日", "In post since", later("First day in a client manager's post."), ("任客户经理日期", "任职日期")),
        Field("years_in_post", Number(least=Decimal(0), most=Decimal(60)), "任职年限", "Years in post", later("Years in a client manager's post before “in post since”."), ("客户经理岗位年限",)),
        Field("employment", Choice(options=EMPLOYMENT), "用工形式", "Employment", later("Kind of employment."), ("用工性质", "用工方式"), default="regular"),
        Field("full_time", YesNo(), "专职", "Full-time", later("Whether the post is the only one."), ("是否专职",), default="yes"),
        Field("status", Choice(options=STATUS), "状态", "Status", later("Active, suspended or departed."), ("在岗状态",), default="active"),
        Field("administrative_rank", Text(longest=40), "行政职务", "Administrative rank", later("Apart from the post (article 3).")),
        Field("technical_title", Text(longest=40), "技术职称", "Technical title", later("Apart from the post (article 3).")),
        Field("regions", Several(of=Named(tree="regions")), "负责地区", "Regions", later("Regions in charge; a province covers its cities."), ("地区", "负责区域", "region")),
        Field("industries", Several(of=Named(tree="industries")), "负责行业", "Industries", later("Industries in charge."), ("行业", "industry")),
        Field("sizes", Several(of=Choice(source="sizes")), "负责规模", "Sizes", later("Size classes in charge."), ("规模", "客户规模", "size")),
        Field("capacity", Number(least=Decimal(0)), "客户容量", "Capacity", later("How much may be assigned: clients, or 万元 of the measure."), ("容量", "管户上限")),
        Field("capacity_measure", Choice(options=MEASURES), "容量口径", "Capacity measure", later("What the capacity counts."), default="clients"),
        Field("phone", Phone(), "电话", "Phone", later("Telephone."), ("手机", "联系电话"), personal=True),
        Field("note", Text(longest=2000, lines=True), "备注", "Note", later("Anything else.")),
        *searchable("姓名", "Name"),
    ),
    examples={
        "add": (
            "cm manager add M90 --name 林一诺 --unit 杭州分行 --grade 客户经理 --region 浙江",
        ),
        "list": ("cm manager list --unit 杭州", "cm manager list --grade senior --json"),
        "show": ("cm manager show M01",),
        "set": ("cm manager set M01 --education bachelor --reason 更正学历",),
    },
)
