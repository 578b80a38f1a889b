"""Runs the planned classes by the ordinary actions, each class in one transaction.

A class that is there is left alone, in whatever state somebody has brought it.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.permissions import Role
from branches.models import PartyMember, Post, PostKind
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from coverage.models import NightRun
from dashboards.demo.class_plan import (
    ClassCourse,
    attended,
    enrols,
    finished,
    invited,
    standing,
)
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.statistics import analyze
from dashboards.demo.streams import at_work, day_between, stream, weekday_from
from dashboards.demo.training_writer import ROOM
from societies.access import Actor
from training import actions
from training.actions import ClassPlan, Marks, SessionPlan
from training.models import CourseResult, TrainingClass

log = logging.getLogger(__name__)
IN_THE_WAY = (ActionRefused, NotAllowed, LookupError)
# Who is sent first.
_TURN = {kind: place for place, kind in enumerate(PostKind.values)}


@dataclass
class TrainingClasses:
    """One run up to `now`; say: where progress goes."""

    writer: FilingWriter
    now: datetime
    say: Callable[[str], None]

    def enter(self) -> None:
        """The settled classes, then what is open, waits or is being planned today."""
        today = clock.day_of(self.now)
        rows = TrainingClass.objects.filter(federation=self.writer.world.federation)
        for course in finished(self.writer.seed, self.now):
            if not rows.filter(drafted_at=course.drafted_at).exists():
                self._run(course)
        for course in standing(self.writer.seed, today):
            if not rows.filter(course=course.course, starts_on__gte=today).exists():
                self._run(course)

    def _run(self, course: ClassCourse) -> None:
        try:
            with transaction.atomic():
                wait_lock(LOCK)
                row = self._plan(course)
        except IN_THE_WAY as refusal:
            log.warning("demonstration: class %s left out: %s", course.title, refusal)
            return
        analyze(ROOM)
        self.say(f"{row.title}：{row.get_state_display()}")

    def _plan(self, course: ClassCourse) -> TrainingClass:
        manager = self.writer.actor("training", Role.TRAINING_MANAGER)
        federation = self.writer.world.federation
        row = actions.plan_class(
            federation=federation, plan=_class(course), by=manager, now=course.drafted_at
        )
        if course.sent_at is None:
            return row
        codes = [c for c in self.writer.world.societies if invited(self.writer.seed, c)]
        places = {self.writer.world.societies[code].pk: course.places for code in codes}
        at = course.drafted_at + timedelta(minutes=30)
        row = actions.set_quotas(chosen=row, row_version=None, places=places, by=manager, now=at)
        row = actions.send_plan(chosen=row, row_version=None, by=manager, now=course.sent_at)
        if course.approved_at is None:
            return row
        leader = self.writer.actor("leader", Role.COMMITTEE_LEADER)
        row = actions.approve_plan(chosen=row, row_version=None, by=leader, now=course.approved_at)
        self._enrol(course, row)
        row.refresh_from_db()
        return self._settle(course, row, manager) if course.settled_at else row

    def _enrol(self, course: ClassCourse, row: TrainingClass) -> None:
        """Office-holders, by their societies' clerks."""
        if course.enrolled is None:
            return
        first, last = course.enrolled
        for code, posts in _holders(self.writer, first).items():
            random = stream(self.writer.seed, "enrol", course.title, code)
            at = at_work(random, weekday_from(day_between(random, first, last)))
            for post in posts[: enrols(self.writer.seed, course, code)]:
                actions.enrol(
                    chosen=row,
                    society=self.writer.world.societies[code],
                    post=post,
                    by=self.writer.people(code).clerk,
                    now=at,
                )

    def _settle(self, course: ClassCourse, row: TrainingClass, by: Actor) -> TrainingClass:
        """Attendance, results, certificates, hours."""
        at = course.settled_at or self.now
        frozen = NightRun.objects.filter(federation=row.federation_id).latest_day()
        if frozen is not None and clock.day_of(at) <= frozen:
            at = max(at, self.now)
        sessions = list(row.sessions.order_by("number").values_list("pk", flat=True))
        marks = {}
        for enrolment in row.enrolments.standing():
            count, passed = attended(self.writer.seed, course, enrolment.person_name)
            result = CourseResult.PASSED if passed else CourseResult.FAILED
            marks[enrolment.pk] = Marks(frozenset(sessions[:count]), result)
        row = actions.record_attendance(
            chosen=row, row_version=None, marks=marks, by=by, now=at - timedelta(hours=1)
        )
        return actions.settle_class(chosen=row, row_version=None, by=by, now=at)


def _class(course: ClassCourse) -> ClassPlan:
    sessions = (SessionPlan(day, course.portion, course.minutes) for day in course.days)
    return ClassPlan(
        title=course.title,
        course=course.course,
        mode=course.mode,
        starts_on=course.days[0],
        ends_on=course.days[-1],
        place=course.place,
        capacity=course.capacity,
        enrol_by=course.enrol_by,
        sessions=tuple(sessions),
    )


def _holders(writer: FilingWriter, on: date) -> dict[str, list[Post]]:
    """Society → posts held on a day by somebody whom its register knows by that name alone."""
    federation = writer.world.federation
    members = PartyMember.objects.filter(society__federation=federation).counted().present_on(on)
    names = Counter(members.values_list("society_id", "name"))
    posts = Post.objects.filter(society__federation=federation).valid_on(on)
    found: dict[str, list[Post]] = defaultdict(list)
    for post in sorted(_once(posts.select_related("society")), key=_turn):
        if names[post.society_id, post.person_name] == 1:
            found[post.society.code].append(post)
    return found


def _once(posts: Iterable[Post]) -> Iterator[Post]:
    """The first post of each person."""
    seen = set()
    for post in sorted(posts, key=_turn):
        if (post.society_id, post.person_name) not in seen:
            seen.add((post.society_id, post.person_name))
            yield post


def _turn(post: Post) -> tuple[int, int]:
    return _TURN[post.kind], post.pk
