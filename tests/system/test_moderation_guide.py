# SPDX-License-Identifier: ISC
"""docs/moderation.md is followed word by word: its commands do what it says."""
import asyncio
import os
import re
import socket
import subprocess

import pytest
from patience import patient
from server import BUILD, REPORT, TOP

pytestmark = pytest.mark.limit(180)


def commands(document):
    """The commands of a document, in their order, and what is printed before each group."""
    return re.findall(r"```sh\n(.*?)```", (TOP / "docs" / document).read_text(), re.S)


def two_ports():
    with socket.socket() as one, socket.socket() as two:
        for probe in one, two:
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


async def follow(document, cwd):
    """Run its commands in one shell, on other ports; what each group printed."""
    public, admin = two_ports()
    script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2> kill.txt || true' EXIT\n"
    for number, group in enumerate(commands(document)):
        script += f"echo '=== {number}'\n{group}"
    script = script.replace("$PWD/build", str(BUILD)).replace("$PWD/docs", str(TOP / "docs"))
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{public}").replace("127.0.0.1:8081", f"127.0.0.1:{admin}")
    script = script.replace("rm -r lesson", "cp lesson/*.png . && rm -r lesson")
    environment = {**os.environ, "PLACECTL_SERVER": f"http://127.0.0.1:{admin}", "TZ": "UTC"}
    done = await asyncio.to_thread(subprocess.run, ["bash", "-c", script], cwd=cwd, env=environment, text=True,
                                   capture_output=True, timeout=patient(150), check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert not REPORT.search(done.stdout + done.stderr), done.stderr
    return re.split(r"^=== \d+\n", done.stdout, flags=re.M)[1:]


async def test_the_lesson_of_moderation_goes_as_it_says(tmp_path):
    said = await follow("moderation.md", tmp_path)
    everything = "".join(said)

    def group_with(words):
        (found,) = [output for group, output in zip(commands("moderation.md"), said, strict=True) if words in group]
        return found

    assert "500,500 is black" in group_with("placectl status")
    assert "42,642 edits looked at\nnobody is suspected\n" in group_with("placectl detect")
    assert '"report":"spam.448.448","count":1' in everything
    seen = group_with("placectl suspects\n")
    assert "spam.448.448" in seen and "512,448,64,64" in seen and len(set(re.findall(r"net:[0-9a-f]{16}", seen))) == 6
    assert len(re.findall(r"^net:\S+ is banned for 1 day", everything, re.M)) == 6
    plan = re.search(r"([\d,]+) edits match; (\d+) pixels would change", everything)
    assert int(plan[2]) > 300
    assert f"{plan[2]} pixels are repaired by action" in group_with("--apply plan.json")
    after = group_with("--plan again.json")
    assert " edits match; 0 pixels would change" in after and "519,490 is blue" in after
    before, after = ((tmp_path / f"{name}.png").read_bytes() for name in ("before", "after"))
    assert before[before.index(b"IDAT"):] == after[after.index(b"IDAT"):]  # before that the versions differ
    audit = group_with("placectl audit")
    for step in "report-close", "action", "region", "ban", "suspect", "rule", "token":
        assert re.search(rf"^\d+ .*\b{step}\b", audit, re.M), (step, audit)
    assert "eve" in group_with("placectl tokens")
    assert not (tmp_path / "lesson").exists()
