"""The procedure of an entry in a rating round, as data (R-STAR-06; roles.md §3).

Who acted in one column acts in no other. Votes and the round's publisher stand in rows of their
own: the actions compare them (`actions.common.refuse_voters`).
"""

from __future__ import annotations

from accounts.permissions import Permission as P
from common.states import Transition
from starrating.models import EntryState as S

CLERKS = ("applied_by", "self_sent_by")
SECRETARIES = ("application_signed_by", "self_signed_by")
SOCIETY = (*CLERKS, *SECRETARIES)

SEND_APPLICATION = Transition(
    "send_application",
    "创建申报，送审签",
    (S.OPEN,),
    S.APPLYING,
    P.STAR_APPLY,
    distinct_from=SECRETARIES,
    needs=("target_stars", "measures"),
)
SIGN_APPLICATION = Transition(
    "sign_application",
    "审签并申报",
    (S.APPLYING,),
    S.APPLIED,
    P.STAR_SIGN,
    distinct_from=CLERKS,
)
SEND_SELF = Transition(
    "send_self_assessment",
    "自评，送审签",
    (S.APPLIED,),
    S.SELF_TO_SIGN,
    P.STAR_APPLY,
    distinct_from=SECRETARIES,
)
SIGN_SELF = Transition(
    "sign_self_assessment",
    "审签并报送自评",
    (S.SELF_TO_SIGN,),
    S.SELF_ASSESSED,
    P.STAR_SIGN,
    distinct_from=CLERKS,
)
HAND_BACK = Transition(
    "hand_back",
    "退回填报人",
    (S.APPLYING, S.SELF_TO_SIGN),
    S.APPLIED,
    P.STAR_SIGN,
    distinct_from=CLERKS,
    needs=("reason",),
)
SAVE_ASSESSMENT = Transition(
    "save_assessment",
    "保存",
    (S.SELF_ASSESSED,),
    S.SELF_ASSESSED,
    P.STAR_ASSESS,
    distinct_from=SOCIETY,
)
SUBMIT_ASSESSMENT = Transition(
    "submit_assessment",
    "提交审议",
    (S.SELF_ASSESSED,),
    S.PRELIMINARY,
    P.STAR_ASSESS,
    distinct_from=SOCIETY,
)
GIVE_BACK = Transition(
    "give_back",
    "退回学会补充依据",
    (S.SELF_ASSESSED,),
    S.APPLIED,
    P.STAR_ASSESS,
    distinct_from=SOCIETY,
    needs=("reason",),
)
AGREE = Transition(
    "agree",
    "同意",
    (S.PRELIMINARY, S.RE_EXAMINED),
    S.DELIBERATED,
    P.STAR_DELIBERATE,
    distinct_from=(*SOCIETY, "assessed_by", "re_examined_by"),
)
REFER_BACK = Transition(
    "refer_back",
    "退回重评",
    (S.PRELIMINARY, S.RE_EXAMINED),
    S.SELF_ASSESSED,
    P.STAR_DELIBERATE,
    distinct_from=(*SOCIETY, "assessed_by", "re_examined_by"),
    needs=("text",),
)
CHOOSE = Transition(
    "choose",
    "并列时列入名额",
    (S.DELIBERATED, S.PUBLICITY),
    S.DELIBERATED,
    P.STAR_DELIBERATE,
    distinct_from=(*SOCIETY, "assessed_by", "re_examined_by"),
    needs=("text",),
)
OBJECT = Transition(
    "object",
    "提出异议",
    (S.PUBLICITY,),
    S.OBJECTED,
    P.STAR_SIGN,
    distinct_from=(*CLERKS, "assessed_by", "re_examined_by"),
    needs=("text",),
)
RE_EXAMINE = Transition(
    "re_examine",
    "提交复核结果",
    (S.OBJECTED,),
    S.RE_EXAMINED,
    P.STAR_RE_EXAMINE,
    distinct_from=(*SOCIETY, "assessed_by", "tie_decided_by"),
)
TRANSITIONS = (
    SEND_APPLICATION,
    SIGN_APPLICATION,
    SEND_SELF,
    SIGN_SELF,
    HAND_BACK,
    SAVE_ASSESSMENT,
    SUBMIT_ASSESSMENT,
    GIVE_BACK,
    AGREE,
    REFER_BACK,
    CHOOSE,
    OBJECT,
    RE_EXAMINE,
)
# Steps of the history that no form of one entry takes.
OPEN, ASSIGN, COMPUTE, ADJUST, POST, FINALISE = (
    "open",
    "assign",
    "compute",
    "adjust",
    "post",
    "finalise",
)
VERB_LABELS = {t.verb: t.label for t in TRANSITIONS} | {
    OPEN: "开启评定",
    ASSIGN: "分派初评人",
    COMPUTE: "系统测算",
    ADJUST: "调整",
    POST: "公示",
    FINALISE: "评定",
}
