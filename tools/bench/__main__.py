"""`./portal bench night --societies 210,2100`, on the throw-away server that devstack started.

The parent makes one migrated database and a copy of it for each size. A process of its own builds
each world and another one measures it: what a builder once held stays with its process and would
pass for the memory of the nights. JSON goes to standard output,
everything else to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.bench.limits import Limit, over_all, slope

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT.parent / "shared" / "bench" / "limit.py"
TEMPLATE = "bench_template"


def main(argv: Sequence[str]) -> int:
    """Status 1 if a limit does not hold."""
    parser = argparse.ArgumentParser(prog="portal bench")
    commands = parser.add_subparsers(dest="command", required=True, metavar="night")
    night = commands.add_parser("night", help="覆盖和星级的夜间计算")
    night.add_argument("--societies", type=_sizes, default=[210, 2100], help="如 210,2100")
    commands.add_parser("build").add_argument("societies", type=int)
    commands.add_parser("measure")
    options = parser.parse_args(argv)
    if options.command == "build":
        return _build(options.societies)
    if options.command == "measure":
        return _measure()
    return _night(options.societies)


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(part) for part in text.split(",")})
    if sizes[0] < 1:
        raise ValueError(text)
    return sizes


def _night(sizes: Sequence[int]) -> int:
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    _database(server, TEMPLATE)
    _run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], f"{server}/{TEMPLATE}")
    said = [_measured(server, size) for size in sizes]
    rows = [each["row"] for each in said]
    limits = [Limit(*limit) for each in said for limit in each["limits"]] + over_all(rows)
    for line in [line for each in said for line in each["details"]] + [str(x) for x in limits]:
        _tell(line)
    print(json.dumps({"sizes": rows, "slope": slope(rows)}), flush=True)
    if REFERENCE.exists():
        _reference(server, sizes[-1])
    return 0 if all(limit.holds for limit in limits) else 1


def _measured(server: str, size: int) -> dict[str, Any]:
    name = f"bench_{size}"
    _database(server, name, TEMPLATE)
    begun = time.monotonic()
    bench, url = [sys.executable, "-m", "tools.bench"], f"{server}/{name}"
    _run([*bench, "build", str(size)], url)
    out = _run([*bench, "measure"], url)
    _tell(f"{size} 家：建立和测量共 {time.monotonic() - begun:.0f} 秒")
    found: dict[str, Any] = json.loads(out)
    return found


def _build(size: int) -> int:
    import django

    django.setup()
    from tools.bench import worlds

    worlds.build(size)
    worlds.settle()
    return 0


def _measure() -> int:
    import django

    django.setup()
    from societies.models import Federation
    from tools.bench import nights, report

    found = nights.measure(Federation.objects.get())
    said = {
        "row": report.size_row(found),
        "limits": [[limit.name, limit.found, limit.most] for limit in report.limits_of(found)],
        "details": list(report.details(found)),
    }
    print(json.dumps(said))
    return 0


def _reference(server: str, size: int) -> None:
    """The hand-written SQL over a world of the same size, in the same minute on the same server."""
    _database(server, "lim")
    place = urlsplit(server)
    dsn = f"host={place.path} user={place.username} dbname=lim"
    for command in ("fill", "star"):
        arguments = [sys.executable, str(REFERENCE), command, str(size)]
        subprocess.run(
            arguments,
            env=os.environ | {"LIM_DSN": dsn, "LIM_OUT": "-"},
            stdout=sys.stderr,
            check=True,
        )


def _database(server: str, name: str, template: str = "template1") -> None:
    import psycopg2

    place = urlsplit(server)
    connection = psycopg2.connect(host=place.path, user=place.username, dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connection.close()


def _run(command: list[str], url: str) -> str:
    done = subprocess.run(
        command,
        env=os.environ | {"DATABASE_URL": url},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
