"""Session engine: rows in PostgreSQL, tied to their user (rules §11.2.3)."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DBStore

from accounts.models import PortalSession

# Where a session keeps the acting appointment (roles.md §2.5).
ACTING_KEY = "acting_appointment"


class SessionStore(DBStore):
    """Django's database store writing `PortalSession`."""

    @classmethod
    def get_model_class(cls) -> type[PortalSession]:
        return PortalSession

    def create_model_instance(self, data: dict) -> PortalSession:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
