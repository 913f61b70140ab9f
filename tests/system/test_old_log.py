# SPDX-License-Identifier: ISC
"""A log of an earlier version is opened, folded and continued (row 28)."""
import asyncio
import gzip
import pathlib

import pytest
from fold import Picture, fold, parse_export, record_words

OLD = pathlib.Path(__file__).parent / "old-log"


def unpack(name, folder):
    folder.mkdir(parents=True)
    (folder / "data.mdb").write_bytes(gzip.decompress((OLD / f"{name}.mdb.gz").read_bytes()))


@pytest.mark.parametrize("checkpoint", [False, True], ids=["alone", "with its checkpoint"])
async def test_an_old_log_is_opened_folded_and_continued(world, checkpoint):
    old = parse_export((OLD / "export").read_bytes())
    unpack("log", world.folder / "a/log")
    if checkpoint:
        unpack("checkpoint", world.folder / "a/checkpoint")
    world.foreign = [edit for record in old for edit in record_words(record.value)]
    server = await world.server("a")
    assert [(record.offset, record.value) for record in world.log.records()] == [
        (record.offset, record.value) for record in old]
    picture = Picture(await world.picture(server))
    assert (picture.version, picture.pixels) == (old[-1].offset + 1, bytes(fold(old).pixels))
    client = await world.client(server)
    await client.place(5)
    await world.check()
    await asyncio.to_thread(server.kill)
    await world.start(server)
    await client.place()
    await world.check()
    assert client.resets == 0 and client.new_logs == 0
