"""The script and the crontab of ``examples/`` do what they say, in cron's bare environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, rows


@pytest.fixture
def bare(example, tmp_path):
    """Return the environment cron gives: almost none, and cm on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "cm").write_text(f'#!/bin/sh\nexec {sys.executable} -m cm_cli "$@"\n')
    (programs / "cm").chmod(0o755)
    return {
        "PATH": f"{programs}:/usr/bin:/bin", "CM_DB": str(example), "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path), "CM_TODAY": "2016-04-01", "CM_NOW": "2016-04-01T01:00:00Z",
    }  # fmt: skip


def test_the_end_of_a_month_by_cron_says_nothing_and_leaves_what_is_promised(bare, tmp_path):
    words = [str(ROOT / "examples" / "month.sh"), "2016-03", str(tmp_path / "reports")]
    done = subprocess.run(words, env=bare, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    made = {path.name for path in (tmp_path / "reports").iterdir()}
    assert made == {
        "appraisal-2016-03.xlsx",
        "visits-2016-03.csv",
        "gaps-2016-03.csv",
        "cm-2016-03.db",
        "heads.tsv",
    }
    assert rows(tmp_path / "reports" / "cm-2016-03.db", "SELECT count(*) FROM client") == [(2929,)]
    again = subprocess.run(words, env=bare, capture_output=True, check=False)
    assert again.returncode == 73  # the backup of that month is there already
    assert b"exists already" in again.stderr


def test_the_crontab_names_commands_there_are(bare, tmp_path, ok):
    lines = (ROOT / "examples" / "crontab").read_text(encoding="utf-8").splitlines()
    jobs = [line.split(maxsplit=5)[5] for line in lines if line[:1].isdigit()]
    assert len(jobs) == 2
    for line in jobs:
        job = line.replace("\\%", "%").replace("/srv/cm/examples", str(ROOT / "examples"))
        job = job.replace("/srv/cm", str(tmp_path)).replace(
            "$(date -d 'yesterday' +%Y-%m)", "2016-03"
        )
        for name in ("reports", "backups"):
            Path(tmp_path / name).mkdir(exist_ok=True)
        done = subprocess.run(["/bin/sh", "-c", job], env=bare, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == b""
