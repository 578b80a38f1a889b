"""Invented names: bodies, society branches, persons. No real body bears one of them."""

from __future__ import annotations

from random import Random

# Words of the 205 invented bodies, by discipline class (44, 77, 16, 28, 40).
WORDS: dict[str, str] = {
    "science": "数学 物理 力学 声学 化学 天文 气象 空间科学 地质 地理 地球物理"
    " 矿物岩石 古生物 海洋湖沼 海洋 地震 动物 植物 昆虫 微生物 分子生物"
    " 细胞生物 植物生理 生物物理 遗传 心理 生态 环境科学 自然资源 感光"
    " 岩石力学 系统工程 实验动物 运筹 菌物 晶体 神经科学 认知科学 微循环 光学"
    " 应用数学 环境诱变 编码理论 空气动力",
    "engineering": "机械工程 汽车工程 农业机械 农业工程 电机工程 电工技术 水电工程 水利"
    " 内燃机 工程热物理 制冷 真空 自动化 仪器仪表 计量测试 图学 电子 计算机"
    " 通信 中文信息 测绘 造船工程 航海 铁道 公路 航空 宇航 兵工 金属"
    " 有色金属 稀土 腐蚀防护 化工 核科学 石油 煤炭 可再生能源 硅酸盐 建筑"
    " 土木工程 生物工程 纺织工程 造纸 材料研究 食品科技 粮油 烟草 仿真"
    " 影视技术 振动工程 颗粒 照明 动力工程 惯性技术 风景园林 电源 复合材料"
    " 图象图形 人工智能 体视 工程机械 指挥控制 光学工程 微米纳米 大坝工程"
    " 生物材料 标准化 能源 文保技术 印刷技术 职业安健 消防 海工咨询 遥感应用"
    " 卫星导航 粉体检测 低温工程",
    "agriculture": "农业 林业 土壤 水产 园艺 畜牧兽医 植物病理 植物保护 作物 热带作物 蚕桑"
    " 水土保持 茶叶 草业 植物营养 农业生态",
    "medicine": "医学 中医药 中西医结合 药学 护理 生理 解剖 生物医学工程 病理生理 营养"
    " 药理 针灸 防痨 皮肤防治 心理卫生 抗癌 体育科学 毒理 康复医学 免疫"
    " 预防医学 法医 口腔医学 医学救援 家庭医师 临床研究 睡眠医学 卒中防治",
    "cross": "自然辩证法 管理现代化 技术经济 现场统计 未来研究 科技史 科技情报 图书馆"
    " 城市科学 科学政策 农村技术 工业设计 工艺美术 科普创作 科学场馆 可持续发展"
    " 科技教育 科教影视 科技期刊 色彩应用 档案 国土经济 土地 科技新闻 科技志愿"
    " 科学探险 城市规划 产学研合作 知识产权 发明 工程认证 创造方法 高技术产业"
    " 微量元素 基本建设 人类工效 科技评价 科学传播 科技人才 学会发展",
}
LETTERS = {"science": "A", "engineering": "B", "agriculture": "C", "medicine": "D", "cross": "E"}
# 31 of them are associations, 15 research associations, 13 entrusted, the others societies.
ASSOCIATIONS = frozenset(
    "实验动物 制冷 烟草 影视技术 照明 标准化 印刷技术 职业安健 消防 防痨 皮肤防治 抗癌 康复医学"
    " 医学救援 家庭医师 卒中防治 科学场馆 工艺美术 工业设计 科技教育 科技新闻 科技志愿 科学探险"
    " 产学研合作 发明 工程认证 高技术产业 基本建设 科技评价 海工咨询 遥感应用".split()
)
RESEARCH = frozenset(
    "自然辩证法 管理现代化 技术经济 现场统计 科学政策 农村技术 可持续发展 色彩应用 国土经济"
    " 知识产权 创造方法 微量元素 学会发展 系统工程 未来研究".split()
)
ENTRUSTED = frozenset(
    "编码理论 空气动力 遥感应用 卫星导航 粉体检测 低温工程 睡眠医学 卒中防治 临床研究 科学传播"
    " 科技人才 学会发展 海工咨询".split()
)

TOPICS = (
    "基础理论 应用技术 测试方法 数据与信息 仪器装备 新材料 智能技术 系统建模 绿色低碳 安全与风险"
    " 工程应用 产业发展 标准与规范 学科史 交叉前沿 质量控制 资源利用 计算方法 教学研究 成果转化"
    " 环境与健康 监测评估 设计方法 可靠性 数字化"
).split()
WORK_TOPICS = "青年 科普 学术 国际合作 编辑出版 教育 组织 咨询 女科技工作者".split()
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN = "一二三甲乙丙丁戊己庚辛春夏秋冬东南西北江河山川"


def body_name(word: str) -> str:
    """示例…学会, 协会 or 研究会."""
    if word in ASSOCIATIONS:
        return f"示例{word}协会"
    if word in RESEARCH:
        return f"示例{word.removesuffix('研究')}研究会"
    return f"示例{word}学会"


def body_kind(word: str) -> str:
    """The code of what kind of body it is."""
    if word in ASSOCIATIONS:
        return "association"
    return "research_association" if word in RESEARCH else "society"


def person(random: Random) -> str:
    """An invented person, recognisable as one: 张某甲."""
    return f"{random.choice(SURNAMES)}某{random.choice(GIVEN)}"


def branch_names(random: Random, count: int) -> list[tuple[str, str]]:
    """`count` different society branches as (kind, name); at most 40."""
    names = [("professional_committee", f"{topic}专业委员会") for topic in TOPICS]
    names += [("working_committee", f"{topic}工作委员会") for topic in WORK_TOPICS]
    names += [("division", f"{topic}分会") for topic in TOPICS[::3]]
    random.shuffle(names)
    return names[:count]
