"""What each figure means, in words, with what the edition lets vary (D-6)."""

from __future__ import annotations

from branches.models import PostingKind
from coverage.models import CoverageEdition
from societies.models import BodyKind, FederationRelation


def kinds_counted(edition: CoverageEdition | None) -> tuple[str, str]:
    """The kinds of bodies an edition counts and those it leaves out, in words (D-12)."""
    counted = edition.body_kinds if edition else BodyKind.values
    words = [(kind in counted, str(BodyKind(kind).label)) for kind in BodyKind.values]
    return (
        "、".join(label for is_counted, label in words if is_counted),
        "、".join(label for is_counted, label in words if not is_counted),
    )


def definitions(edition: CoverageEdition) -> list[tuple[str, str]]:
    """Name and meaning of each indicator under an edition (rules §6)."""
    kinds, _ = kinds_counted(edition)
    relations = "、".join(str(FederationRelation(each).label) for each in edition.relations)
    posted = "、".join(f"在岗{PostingKind(code).label}" for code in edition.work_measures)
    days = edition.work_evidence_days
    backed = f"{posted}且近 {days} 天内有工作记录" if days else posted
    work = f"组织已覆盖，或有{backed}的学会数" if posted else "组织已覆盖的学会数"
    evidence = "工作记录指组织生活、传达学习的记录和走访报告。" if days else "不要求工作记录。"
    return [
        (
            "统计范围",
            f"当日存续的{kinds}，与科协关系为{relations}；限期整改的学会仍计入。",
        ),
        (
            "组织覆盖率",
            "理事会或办事机构任一层面有已批复成立、未撤销的党组织的学会数 ÷ 全部学会数。"
            "联合党组织覆盖几家计几家；任期届满未换届的仍计入。",
        ),
        ("工作覆盖率", f"{work} ÷ 全部学会数。{evidence}"),
        (
            "理事会层面",
            "理事会层面有党委、功能型党委、总支、支部、联合支部或党的工作小组之一的学会数"
            " ÷ 全部学会数。",
        ),
        (
            "办事机构",
            "办事机构有党组织（含与支撑单位高度重合并已报备的）的学会数"
            " ÷ 设有办事机构的学会数；不设办事机构的为不适用。",
        ),
        (
            "分支机构",
            "已建党的工作小组、支部、功能型或联合支部的分支机构数 ÷ 在册分支机构数，按机构计。",
        ),
        (
            "五清",
            "五张表均有最近一期（报送期限已过的）或更近一期已通过的台账，"
            "且无未关闭的数据错误；按期报送、尚待审核的先按清计。",
        ),
        (
            "与目标比较",
            "按未舍入的整数比较，以期限当日已发布的定格数为准；显示保留两位小数，"
            "分母为 0 时显示“—”。",
        ),
    ]
