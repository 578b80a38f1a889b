"""Which office-holders a society can enrol by their post (R-TRN-05)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from branches.models import PartyMember, Post
from societies.access import Actor
from societies.models import Society


def enrollable(actor: Actor, society: Society, on: date) -> tuple[Any, list[str]]:
    """Posts whose holders are confirmed on the society's register, and the names of the others.

    As `enrol` judges it: a post that names no member goes by the name. Hours are credited to
    members, so who is on no register has to be registered first.
    """
    posts = Post.objects.visible_to(actor).filter(society=society).valid_on(on)
    posts = posts.select_related("organisation").in_order()
    meant = Q(pk__in=[p.member_id for p in posts]) | Q(name__in=[p.person_name for p in posts])
    members = PartyMember.objects.filter(meant, society=society).counted().present_on(on).order_by()
    known = dict(members.values_list("pk", "name"))
    found, wanting = [], set()
    for post in posts:
        named = post.member_id is not None
        if post.member_id in known if named else post.person_name in known.values():
            found.append(post.pk)
        else:
            wanting.add(post.person_name)
    return posts.filter(pk__in=found), sorted(wanting)
