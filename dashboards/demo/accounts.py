"""The demonstration's accounts: fixed names, one printed password; refused in production."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.permissions import Role, ScopeKind
from accounts.roles import SPECS
from dashboards.demo import COMMITTEE
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import LOST_BRANCH, NEVER, SECOND, WALKED

PASSWORD = "Shifan-Kexie-2026"  # noqa: S105 (printed on purpose; no production has it)
OPTICS, MATHEMATICS = "光学", "数学"
# Who enters organisations from paper decisions.
REVIEWER = "reviewer"
# Whose appointments an inspection batch opens and ends (roles.md §2.5).
INSPECTORS = ("inspector", "twohats", "inspector2")
# Always has a posted instructor, year after year.
INSTRUCTED = NEVER[0]


@dataclass(frozen=True)
class Duty:
    """One appointment. words: the bodies, or whose secretariat organisations, it is bound to."""

    role: Role
    words: tuple[str, ...] = ()
    is_deputy: bool = False

    @property
    def label(self) -> str:
        """The role as the top bar names it."""
        return f"{self.role.label}（副）" if self.is_deputy else str(self.role.label)

    @property
    def scope(self) -> str:
        """What it is bound to, in words."""
        kind = SPECS[self.role].kind
        if kind == ScopeKind.FEDERATION:
            return COMMITTEE
        if kind == ScopeKind.PLATFORM:
            return "平台"
        if self.role == Role.INSPECTOR:
            return "督导批次抽中的学会"
        names = "、".join(body_of(word).name for word in self.words)
        return f"{names}办事机构党组织" if kind == ScopeKind.ORGANISATION else names or "—"


@dataclass(frozen=True)
class DemoAccount:
    """A person who signs in. first_sign_in: shows the forced change of password."""

    username: str
    full_name: str
    duties: tuple[Duty, ...]
    first_sign_in: bool = False

    @property
    def row(self) -> dict[str, str]:
        """As `demo_accounts` prints it."""
        role = " / ".join(duty.label for duty in self.duties)
        if self.first_sign_in:
            role += "（首次登录，须改密码）"
        scope = " / ".join(duty.scope for duty in self.duties)
        return {"role": role, "username": self.username, "password": PASSWORD, "scope": scope}


def _account(username: str, full_name: str, *duties: Duty, first: bool = False) -> DemoAccount:
    return DemoAccount(username, full_name, duties, first)


ACCOUNTS: tuple[DemoAccount, ...] = (
    _account("clerk", "张某甲", Duty(Role.SOCIETY_CLERK, (WALKED,))),
    _account("secretary", "李某春", Duty(Role.SOCIETY_SECRETARY, (WALKED,))),
    _account("deputy", "王某东", Duty(Role.SOCIETY_SECRETARY, (WALKED,), is_deputy=True)),
    _account("clerk2", "赵某乙", Duty(Role.SOCIETY_CLERK, (SECOND,))),
    _account("secretary2", "孙某夏", Duty(Role.SOCIETY_SECRETARY, (SECOND,))),
    _account("branch", "周某南", Duty(Role.BRANCH_SECRETARY, (WALKED,))),
    _account("discipline", "吴某秋", Duty(Role.DISCIPLINE_MEMBER, (WALKED,))),
    _account("supervisor", "秦某冬", Duty(Role.SUPERVISOR_READER, (WALKED,))),
    _account(REVIEWER, "郑某江", Duty(Role.COMMITTEE_REVIEWER)),
    _account("reviewer2", "冯某河", Duty(Role.COMMITTEE_REVIEWER)),
    # Who issues a finding, who verifies it and who closes it are three (R-SUP-06).
    _account("reviewer3", "蒋某淮", Duty(Role.COMMITTEE_REVIEWER)),
    _account("assessor", "陈某山", Duty(Role.ASSESSOR, (OPTICS,))),
    _account("leader", "沈某川", Duty(Role.COMMITTEE_LEADER)),
    # Two deliberate an entry, two others the re-examination of an objection (R-STAR-06).
    _account("member", "尤某子", Duty(Role.COMMITTEE_MEMBER)),
    _account("member2", "金某丑", Duty(Role.COMMITTEE_MEMBER)),
    _account("member3", "魏某寅", Duty(Role.COMMITTEE_MEMBER)),
    _account("member4", "陶某卯", Duty(Role.COMMITTEE_MEMBER)),
    _account("instructor", "褚某壬", Duty(Role.INSTRUCTOR, (INSTRUCTED,))),
    _account("inspectionlead", "许某辰", Duty(Role.INSPECTION_LEAD)),
    _account("inspector", "韩某庚", Duty(Role.INSPECTOR)),
    _account("inspector2", "史某戌", Duty(Role.INSPECTOR)),
    _account("training", "严某戊", Duty(Role.TRAINING_MANAGER)),
    _account("expert", "杨某辛", Duty(Role.EXPERT)),
    _account("leadership", "朱某丁", Duty(Role.LEADERSHIP_VIEWER)),
    _account("sysadmin", "许某戊", Duty(Role.SYSADMIN)),
    _account("secadmin", "何某己", Duty(Role.SECADMIN)),
    _account("auditor", "吕某丙", Duty(Role.AUDITOR)),
    _account(
        "twohats",
        "施某北",
        Duty(Role.SOCIETY_SECRETARY, (OPTICS,)),
        Duty(Role.INSPECTOR),
    ),
    _account("newcomer", "孔某西", Duty(Role.SOCIETY_CLERK, (MATHEMATICS,)), first=True),
)

# People of the other societies: they file in the history; nobody knows their passwords.
STAFF_PAIRS = 12
STAFF_PREFIX = "demo-"
# Word → (user name, full name) of the person posted there each year anew; one is printed.
INSTRUCTORS = {
    INSTRUCTED: ("instructor", "褚某壬"),
    NEVER[1]: (f"{STAFF_PREFIX}instructor1", "卫某和"),
    LOST_BRANCH: (f"{STAFF_PREFIX}instructor2", "蒋某和"),
}


def staff_names() -> list[tuple[str, str, Role]]:
    """(user name, full name, role) of clerks and secretaries, each for a dozen societies or so."""
    surnames = "曹严华金魏陶姜戚谢邹喻柏"
    found = []
    for n, surname in enumerate(surnames[:STAFF_PAIRS]):
        found.append((f"{STAFF_PREFIX}clerk{n + 1}", f"{surname}某平", Role.SOCIETY_CLERK))
        found.append((f"{STAFF_PREFIX}secretary{n + 1}", f"{surname}某安", Role.SOCIETY_SECRETARY))
    return found


# Who files members and meetings for the organisations, a few hundred each.
BRANCH_STAFF = tuple(
    (f"{STAFF_PREFIX}branch{n}", f"{surname}某正") for n, surname in enumerate("韦昌马苗凤花", 1)
)


def demo_usernames() -> list[str]:
    """Everybody's user name: the printed accounts, the staff, the posted instructors."""
    names = [account.username for account in ACCOUNTS]
    names += [username for username, _, _ in staff_names()]
    names += [username for username, _ in BRANCH_STAFF]
    return [*names, *(username for username, _ in INSTRUCTORS.values() if username not in names)]
