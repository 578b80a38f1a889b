"""The Celery app and its schedule.

Correctness lies in PostgreSQL (run rows, advisory locks, dirty societies); the broker may lose,
double or delay any message without harm.
"""

from celery import Celery

from config.environment import use_settings

use_settings()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
