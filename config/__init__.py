"""The Django project. The Celery app is imported eagerly, so that tasks find their broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
