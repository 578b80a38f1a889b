"""A spot check walked by its two inspectors and the society through the ordinary actions."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from accounts.permissions import Role
from common.clock import day_of
from societies.access import Actor
from supervision import actions
from supervision.actions.check_common import version_of
from supervision.models import Answer, SpotCheck
from tests.factories.coverage import at
from tests.factories.societies import make_actor
from tests.factories.supervision import BatchWorld, make_batch, notified

ON_SITE = at(date(2026, 11, 23))
CLIENT = UUID("11111111-1111-4111-8111-111111111111")


@dataclass
class CheckWorld:
    """One check of a notified batch, and who acts on it."""

    batch: BatchWorld
    check: SpotCheck
    first: Actor
    second: Actor
    secretary: Actor
    now: datetime = ON_SITE
    seqs: dict[UUID, int] = field(default_factory=dict)

    def fresh(self) -> SpotCheck:
        """The check as it stands."""
        rows = SpotCheck.objects.select_related("society", "batch__edition")
        self.check = rows.get(pk=self.check.pk)
        return self.check

    def answer(self, code: str) -> Answer:
        """The answer to an item as it stands."""
        rows = Answer.objects.select_related("item", "spot_check__batch")
        return rows.get(spot_check=self.check, item__code=code)

    def save(
        self,
        code: str,
        value: str = "conform",
        note: str = "",
        severity: str = "",
        *,
        by: Actor | None = None,
        client: UUID = CLIENT,
        seq: int | None = None,
        seen: int | None = None,
    ) -> actions.Saved:
        """Send one answer as a page would."""
        answer = self.answer(code)
        number = seq if seq is not None else self.seqs.get(client, 0) + 1
        self.seqs[client] = max(number, self.seqs.get(client, 0))
        return actions.save_answer(
            answer=answer,
            send=actions.Send(client, number, answer.row_version if seen is None else seen),
            value=value,
            note=note,
            severity=severity,
            by=by or self.first,
            now=self.now,
        )

    def version(self) -> int:
        """What a page made now carries."""
        return version_of(self.fresh())


def make_check() -> CheckWorld:
    """A check whose society was told; nobody has declared yet."""
    world = notified(make_batch())
    check = world.checks()[0]
    seats = world.seats(check)
    seated = [world.inspector(seat.user, day_of(ON_SITE)) for seat in seats]
    first, second = (actor for actor in seated if actor is not None)
    secretary = make_actor(Role.SOCIETY_SECRETARY, check.society)
    return CheckWorld(world, check, first, second, secretary)


def declared() -> CheckWorld:
    """And both inspectors declared; the answers are there, empty."""
    world = make_check()
    for by in (world.first, world.second):
        actions.declare_no_recusal(check=world.check, by=by, now=world.now)
    return world


def answered(**unfit: tuple[str, str, str]) -> CheckWorld:
    """And everything answered 符合, but items given as i2_6=(value, note, severity)."""
    world = declared()
    special = {code.removeprefix("i").replace("_", "."): said for code, said in unfit.items()}
    for answer in Answer.objects.filter(spot_check=world.check).select_related("item"):
        value, note, severity = special.get(answer.item.code, ("conform", "", ""))
        world.save(answer.item.code, value, note, severity, client=uuid4())
    return world


def signed(world: CheckWorld) -> CheckWorld:
    """And both inspectors signed."""
    for by in (world.first, world.second):
        actions.sign_check(check=world.check, version=world.version(), by=by, now=world.now)
    return world


def confirmed(world: CheckWorld, dissent: str = "") -> CheckWorld:
    """And the society."""
    signed(world)
    actions.sign_for_society(
        check=world.check,
        version=world.version(),
        dissent=dissent,
        by=world.secretary,
        now=world.now,
    )
    return world


def passed_on(world: CheckWorld, reply: str = "第三季度会议已补开") -> CheckWorld:
    """And replied to, and passed on by the lead."""
    confirmed(world)
    actions.reply_to_check(
        check=world.check, version=None, reply=reply, by=world.secretary, now=world.now
    )
    lead = world.batch.cast.lead
    actions.pass_on_check(
        check=world.check, version=None, opinion="反馈属实，维持原答案", by=lead, now=world.now
    )
    return world


BARRED = "到场出示通知，秘书处负责人拒绝提供资料并请督导组离开"


def barred(world: CheckWorld, reason: str = BARRED) -> CheckWorld:
    """Recorded by the lead as refused."""
    lead = world.batch.cast.lead
    actions.record_barred(
        check=world.check, version=world.version(), reason=reason, by=lead, now=world.now
    )
    return world


def barred_on(world: CheckWorld, upheld: bool, reply: str = "") -> CheckWorld:
    """And replied to if there is a reply, passed on and concluded on the first day for it."""
    barred(world)
    if reply:
        actions.reply_to_check(
            check=world.check, version=None, reply=reply, by=world.secretary, now=world.now
        )
    due = world.fresh().reply_due
    after = world.now if reply or due is None else at(due + timedelta(days=1))
    lead, reviewer = world.batch.cast.lead, world.batch.cast.reviewer
    said = {"check": world.check, "version": None, "now": after}
    actions.pass_on_check(opinion="情况属实", by=lead, **said)
    actions.conclude_check(conclusion="见认定", upheld=upheld, by=reviewer, **said)
    world.fresh()
    return world
