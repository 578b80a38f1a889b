"""Tasks of a desk: words for due days, and their order."""

from datetime import date

import pytest

from common.desk import Task, days_left, in_order


def make_task(title: str, due: date | None = None, overdue: bool = False) -> Task:
    """A task that differs in title and due day only."""
    return Task(title, "", "info", "", due, "", overdue, "/", "办理")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 11, 23), "还有 3 天"),
        (date(2026, 11, 20), "今天到期"),
        (date(2026, 11, 15), "逾期 5 天"),
    ],
)
def test_days_left_in_words(due, words):
    assert days_left(due, date(2026, 11, 20)) == words


def test_overdue_first_then_by_due_day_and_undated_last():
    tasks = [
        make_task("undated"),
        make_task("later", date(2026, 12, 1)),
        make_task("sooner", date(2026, 11, 21)),
        make_task("overdue", date(2026, 12, 31), overdue=True),
    ]
    assert [t.title for t in in_order(tasks)] == ["overdue", "sooner", "later", "undated"]
