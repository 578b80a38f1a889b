"""No words of the own societies in a password (rules §11.2.1)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import User
from common.pinyin import toneless
from societies.models import Society

SHORTEST_WORD = 4


class SocietyWordsValidator:
    """Refuses the names of societies the user is appointed for, in characters, pinyin, initials."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        if user is None or not user.pk:
            return
        mine = Q(societygrant__appointment__user=user) | Q(
            party_organisations__partyorganisationgrant__appointment__user=user
        )
        own = Society.objects.filter(mine).distinct()
        lower = password.lower()
        for name, initials in own.values_list("name", "initials"):
            words = (name, initials, toneless(name))
            if any(len(word) >= SHORTEST_WORD and word in lower for word in words):
                raise ValidationError("密码不能包含所在学会的名称、拼音或拼音首字母")

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        return "不含所在学会的名称"
