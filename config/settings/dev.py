"""Trial and development: embedded servers, a key made on this machine, plain HTTP on loopback."""

from config.settings.base import *  # noqa: F403
from config.settings.base import SECRET_KEY, env

if not SECRET_KEY:
    # The supervisor hands each installation its own key; this one serves checks without a server.
    SECRET_KEY = env("PORTAL_TRIAL_KEY", default="trial-only-no-sessions-are-signed-with-this-key")
