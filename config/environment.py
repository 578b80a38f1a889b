"""Which settings a process runs under. Every entry point (manage, wsgi, celery) asks here."""

import os

SETTINGS = {
    "trial": "config.settings.dev",
    "development": "config.settings.dev",
    "test": "config.settings.test",
    "production": "config.settings.prod",
}


def use_settings() -> None:
    """Point Django at the settings of `PORTAL_ENV` (default: trial).

    Raises SystemExit with one clear line if the value is unknown.
    """
    name = os.environ.get("PORTAL_ENV", "trial")
    if name not in SETTINGS:
        raise SystemExit(f"PORTAL_ENV={name} is not known; use one of {', '.join(SETTINGS)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS[name])
