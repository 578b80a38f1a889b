"""`./portal manage replay_draw DC-2026-B2 --seed …`: repeat a draw from the frozen frame."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from supervision.models import InspectionBatch
from supervision.replay import Replay, replay
from supervision.seeds import typed_seed


class Command(BaseCommand):
    help = "按冻结的抽样框和公开的种子复算抽取结果；与记录不一致时退出码为 1"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="批次编号，如 DC-2026-B2")
        parser.add_argument("--seed", required=True, help="公开的种子")
        parser.add_argument("--federation", default="", help="科协代码；编号不止一个时须指明")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = _batch(options["code"], options["federation"])
        result = replay(batch, typed_seed(batch.code, options["seed"]))
        self._print(batch, result)
        if not result.agrees:
            raise CommandError("不一致", returncode=1)
        self.stdout.write("一致")

    def _print(self, batch: InspectionBatch, result: Replay) -> None:
        say = self.stdout.write
        say(f"{batch.code} {batch.name}")
        say(f"抽样框摘要 {_agrees(result.frame_agrees)} {result.frame_digest}")
        say(f"种子摘要 {_agrees(result.seed_agrees)} {result.seed_digest}")
        for stratum in result.strata:
            say(
                f"{stratum.discipline}：框内 {stratum.size}，整数 {stratum.whole}，"
                f"余数补 {stratum.extra}，应抽 {stratum.seats}"
            )
        for number, row in enumerate((r for r in result.rows if r.drawn), 1):
            mark = "" if row.name in result.recorded else "（记录中没有）"
            say(f"{number} {row.name} {row.discipline} {row.sort_hash[:10]}{mark}")
        drawn = {row.name for row in result.rows if row.drawn}
        for name in sorted(result.recorded - drawn):
            say(f"记录中多出：{name}")


def _agrees(found: bool) -> str:
    return "一致" if found else "不一致"


def _batch(code: str, federation: str) -> InspectionBatch:
    rows = InspectionBatch.objects.filter(code=code)
    if federation:
        rows = rows.filter(federation__code=federation)
    found = list(rows.select_related("federation", "edition"))
    if not found:
        raise CommandError(f"没有批次 {code}")
    if len(found) > 1:
        codes = "、".join(sorted(batch.federation.code for batch in found))
        raise CommandError(f"不止一个科协有批次 {code}，请用 --federation 指明：{codes}")
    if found[0].drawn_at is None:
        raise CommandError(f"批次 {code} 尚未抽取")
    return found[0]
