"""Answers under a killed server (R1): what was shown as saved stays, what was not comes once."""

import http.client
import os
import re
import subprocess
import sys
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.sessions import ACTING_KEY
from supervision.models import AnswerSend
from tests.factories.checks import declared

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# A server of one thread that stops where it is told to, until it is killed.
SERVER = """
import sys
import django; django.setup()
import time_machine
from datetime import datetime, timezone
from wsgiref.simple_server import WSGIRequestHandler, make_server
from django.db import connection
from config.wsgi import application
stop = sys.argv[1]
def wait():
    print("stopped", flush=True); sys.stdin.read()
def barrier(execute, sql, params, many, context):
    if stop == "before" and sql.startswith('INSERT INTO "supervision_answersend"'):
        wait()
    return execute(sql, params, many, context)
def app(environ, start_response):
    with connection.execute_wrapper(barrier):
        answer = application(environ, start_response)
    if stop == "after" and environ["REQUEST_METHOD"] == "POST":
        wait()
    return answer
class Quiet(WSGIRequestHandler):
    def log_message(self, *said): pass
with time_machine.travel(datetime(2026, 11, 23, 2, tzinfo=timezone.utc), tick=True):
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    print(server.server_port, flush=True)
    server.serve_forever()
"""
TOKEN = "a" * 32


class Server:
    """A process of its own on this test's database."""

    def __init__(self, stop=""):
        url = os.environ["DATABASE_URL"]
        name = connection.settings_dict["NAME"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, stop],
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
                "DATABASE_URL": re.sub(r"/portal$", f"/{name}", url),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(20)
        self.process.stdin.close()
        self.process.stdout.close()

    def send(self, actor, answer, body):
        """Post the answer; the connection, its response unread."""
        client = Client()
        client.force_login(actor.user)
        session = client.session
        session[ACTING_KEY] = actor.appointment.pk
        session.save()
        cookies = {
            settings.SESSION_COOKIE_NAME: session.session_key,
            settings.CSRF_COOKIE_NAME: TOKEN,
        }
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        call.request(
            "POST",
            reverse("supervision:answer_save", args=[answer.pk]),
            urlencode(body | {"csrfmiddlewaretoken": TOKEN}),
            {
                "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            },
        )
        return call


def killed(stop, actor, answer, body):
    """Send to a server that is killed at that place."""
    with Server(stop) as server:
        call = server.send(actor, answer, body)
        assert server.process.stdout.readline().strip() == "stopped"
        server.process.kill()
        with pytest.raises((http.client.HTTPException, OSError)):
            call.getresponse()
        call.close()


@pytest.mark.parametrize(("stop", "kept"), [("before", ""), ("after", "not")])
def test_a_killed_server_loses_nothing_and_doubles_nothing(stop, kept):
    """Issue: every filed answer survives a killed server, wherever it was killed."""
    world = declared()
    answer = world.answer("2.6")
    body = {
        "client": str(uuid4()),
        "seq": "1",
        "row_version": "1",
        "value": "not",
        "note": "第三季度支部党员大会无记录",
        "severity": "general",
    }
    killed(stop, world.first, answer, body)
    assert world.answer("2.6").value == kept
    with Server() as server:
        for _ in range(2):
            call = server.send(world.first, answer, body)
            reply = call.getresponse()
            assert reply.status == 200, reply.read()
            call.close()
    assert world.answer("2.6").note == body["note"]
    assert world.answer("2.6").row_version == 2
    assert AnswerSend.objects.filter(answer=answer).count() == 1
