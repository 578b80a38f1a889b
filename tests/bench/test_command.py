"""`./portal bench night` from the outside: JSON alone on standard output, no installation used."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.test_nights import KEYS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("stack")


def portal(*arguments, **environment):
    return subprocess.run(
        [sys.executable, ROOT / "portal", "bench", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=900,
    )


@pytest.mark.slow
def test_the_bench_prints_json_and_touches_no_data_of_ours(tmp_path):
    mine = {"DATABASE_URL": "postgres://nobody@nowhere.invalid/none", "VAR_DIR": str(tmp_path)}
    done = portal("night", "--societies", "12", **mine)
    said = json.loads(done.stdout)
    assert said.keys() == {"sizes", "slope"}
    assert [size["societies"] for size in said["sizes"]] == [12]
    assert said["sizes"][0].keys() == KEYS
    # 1 says that a limit does not hold, which a busy machine may bring about.
    assert done.returncode in (0, 1)
    assert "再次运行写入的行：0" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_is_none_is_refused(tmp_path):
    done = portal("night", "--societies", "many", VAR_DIR=str(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--societies" in done.stderr
