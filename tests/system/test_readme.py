# SPDX-License-Identifier: ISC
"""The commands of the README's "Every version, for ever", as they stand there."""
import asyncio
import json
import re
import shutil
import struct
import subprocess

import pytest
from patience import patient
from server import TOP
from world import eventually

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
PNG = b"\x89PNG\r\n\x1a\n"


def commands():
    section = (TOP / "README.md").read_text().partition("## Every version, for ever")[2]
    (lines,) = re.findall(r"```sh\n(.*?)```", section.partition("\n## ")[0], re.S)
    return lines


async def test_what_the_readme_says_about_history_works(world, tmp_path):
    server = await world.server()
    client = await world.client(server)
    await client.place(3)
    genesis = (await world.info(server))["genesis"][:16]

    async def has_been_read():
        answer = await asyncio.to_thread(server.get, f"/h/{genesis}/0,0/index.json")
        return answer.status == 200 and json.loads(answer.body)["version"] == client.version
    await eventually(has_been_read, "the history has read the log", 60)
    lines = commands()
    assert lines.count("at=http://127.0.0.1:8080\n") == 1
    script = "set -eu\n" + lines.replace("http://127.0.0.1:8080", server.url().rstrip("/"))
    done = await asyncio.to_thread(subprocess.run, ["sh", "-c", script], cwd=tmp_path, capture_output=True,
                                   timeout=patient(100), check=False)
    assert done.returncode == 0, done.stderr.decode()
    now, then, heat = ((tmp_path / f"{name}.png").read_bytes() for name in ("now", "then", "heat"))
    assert now.startswith(PNG) and heat.startswith(PNG)
    assert then == now != heat
    index = json.loads((tmp_path / "index.json").read_text())
    assert index["version"] == client.version and index["tail"]["edits"] == 3
    block, edits = ((tmp_path / f"{name}.bin").read_bytes() for name in ("tail", "next"))
    assert block.startswith(b"placedhb") and struct.unpack_from("<I", block, 60) == (3,)
    assert struct.unpack_from("<Q", edits) == (client.version,) and len(edits) == 8 + 3 * 3
    assert block.endswith(edits[8:])
