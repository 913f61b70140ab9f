# SPDX-License-Identifier: ISC
"""The checker is worth nothing unless it fails: every way to break the promise is tried on made-up data."""
import functools
import struct
import zlib

import pytest
from checker import ACKNOWLEDGED, REFUSED, UNKNOWN, Ledger, View, check
from fold import (HEIGHT, HOME, PIXELS, WIDTH, Canvas, Picture, Record, fold, fold_plane, mix, pack, parse_export, parts,
                  record_edits, record_value, unpack, word)

FAR = (-3, 1023)  # a canvas of the plane


@functools.lru_cache
def png(pixels, version, filters=(0,), place=HOME):
    """A PNG with the given filters in turn, made by the definition of the filters."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows, above = [], bytes(WIDTH // 2)
    for y in range(HEIGHT):
        line = pixels[y * WIDTH:(y + 1) * WIDTH]
        row = bytes.fromhex(line.hex()[1::2])  # the low nibble of each pixel
        kind = filters[y % len(filters)]
        out = bytearray(row if kind == 0 else b"")
        for i, value in enumerate(row if kind else b""):
            a, b, c = (row[i - 1] if i else 0), above[i], (above[i - 1] if i else 0)
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            out.append((value - (0, a, b, (a + b) // 2, nearest)[kind]) & 255)
        rows.append(bytes([kind]) + out)
        above = row
    palette = bytes(range(48))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 4, 3, 0, 0, 0))
            + chunk(b"PLTE", palette) + chunk(b"tEXt", b"version\0" + str(version).encode())
            + chunk(b"tEXt", b"canvas\0" + "{},{}".format(*place).encode())
            + chunk(b"IDAT", zlib.compress(b"".join(rows), 1)) + chunk(b"IEND", b""))


class Made:
    """A small history of one canvas in which all is well: two clients, ten messages each, one record every two
    messages. Between them are records of other canvases, which are nothing to it, and one that is skipped."""

    def __init__(self, place):
        self.place = place
        self.ledger = Ledger(region=40)  # 640 words on 40 pixels: later edits cover earlier ones
        self.records = []
        words = []
        for number in range(1, 11):
            for client in ("a", "b"):
                entry = self.ledger.record(client, 1, number, self.ledger.fresh(3), place)
                if number == 5:
                    entry.outcome = REFUSED
                    continue
                words += entry.words
                entry.outcome, entry.version = (UNKNOWN, None) if number == 9 else (ACKNOWLEDGED, 7 + 2 * number)
            if words:
                self.records.append(Record(6 + 2 * number, 1000, record_value(place, words)))
                words = []
        self.version = self.records[-1].offset + 1
        self.canvas = fold(self.records, place=place)
        assert self.canvas.version == self.version
        self.pictures = [(name, png(bytes(self.canvas.pixels), self.version, place=place), place) for name in ("a", "b")]
        client = Canvas()
        sums = []
        for record in self.records:
            client.apply(record_edits(record.value)[1], record.offset + 1)
            sums.append((client.version, client.sum))
        self.views = [View("client", self.version, client.pixels, sums, place=place)]
        self.others = [((7, 7), edit) for edit in self.ledger.fresh(2)]
        self.noise = [Record(3, 1000, b"skipped!"), Record(11, 1000, record_value((7, 7), [self.others[0][1]])),
                      Record(self.version + 5, 1000, record_value((7, 7), [self.others[1][1]]))]

    def entry(self, client, number):
        return next(entry for entry in self.ledger.entries if (entry.client, entry.id) == (client, number))

    def violations(self):
        records = sorted(self.records + self.noise, key=lambda record: record.offset)
        return check(records, self.ledger.entries, self.pictures, self.views, self.others)

    def append(self, words, place=None):
        self.records.append(Record(self.version, 1000, record_value(place or self.place, words)))

    def picture(self, canvas, **more):
        """Of server b, and not what it should be."""
        self.pictures[1] = ("b", png(bytes(canvas.pixels), self.version, place=self.place, **more), self.place)


@pytest.fixture(params=[HOME, FAR], ids=["one canvas", "a canvas of a plane"])
def made(request):
    return Made(request.param)


def expect(made, sentence):
    found = made.violations()
    assert any(sentence in violation for violation in found), found


def test_all_is_well(made):
    assert made.violations() == []


def test_an_acknowledged_edit_that_the_log_lacks_is_found(made):
    del made.records[2]
    expect(made, "acknowledged, but 3 of its edits are not in the log")


def test_an_edit_acknowledged_below_its_place_in_the_log_is_found(made):
    made.entry("a", 3).version = made.records[2].offset
    expect(made, "but in the log only at offset")


def test_a_refused_edit_in_the_log_is_found(made):
    made.append(made.entry("b", 5).words)
    expect(made, "refused, but in the log")


def test_an_edit_that_nobody_sent_is_found(made):
    made.append(made.ledger.fresh())
    expect(made, "it was sent 0 times")


def test_a_foreign_edit_is_no_violation_when_the_test_put_it_there(made):
    foreign = made.ledger.fresh()
    made.append(foreign, HOME)
    made.append(foreign, FAR)
    assert check(made.records, made.ledger.entries, foreign=foreign + [(FAR, foreign[0])]) == []


def test_an_edit_written_twice_is_found(made):
    made.records.append(Record(made.version, 1000, made.records[0].value))
    expect(made, "2 times")


def test_half_a_message_is_found(made):
    made.records[7].value = record_value(made.place, record_edits(made.records[7].value)[1][1:])  # message 9 of client a is of unknown outcome
    assert made.entry("a", 9).outcome == UNKNOWN
    expect(made, "only 2 of its 3 edits are in the log")


def test_messages_out_of_order_are_found(made):
    first, second = made.records[:2]
    first.value, second.value = second.value, first.value
    expect(made, "not in the order in which it was sent")


@pytest.mark.parametrize("skipped", range(9))
def test_a_server_that_skips_a_record_is_found(made, skipped):
    records = made.records[:skipped] + made.records[skipped + 1:]
    made.picture(fold(records, place=made.place))
    found = made.violations()
    # Unless later records covered all of it, the fold differs; that is what makes it a skip.
    assert any("the picture of b" in violation for violation in found) == (
        fold(records, place=made.place).sum != made.canvas.sum)
    made.views[0].sums = [(made.version, fold(records, place=made.place).sum)]
    assert any("checksum" in violation for violation in made.violations()) == (
        fold(records, place=made.place).sum != made.canvas.sum)


def test_a_picture_off_by_one_version_is_found(made):
    made.picture(fold(made.records[:-1], place=made.place))
    expect(made, "the picture of b")


def test_a_picture_of_a_version_that_is_not_its_canvas_s_is_found(made):
    """Another canvas's record, or one that is skipped, does not move the version."""
    made.pictures[1] = ("b", png(bytes(made.canvas.pixels), made.version + 6, place=made.place), made.place)
    expect(made, "at which no record edits it")


def test_one_flipped_colour_is_found(made):
    for flip in (0, PIXELS - 1):
        pixels = bytearray(made.canvas.pixels)
        pixels[flip] ^= 1
        made.views[0].pixels = pixels
        expect(made, "the canvas of client at version")


def test_pictures_of_one_version_with_different_bytes_are_found(made):
    made.picture(made.canvas, filters=(1,))
    expect(made, "differ in bytes")


def test_a_wrong_checksum_in_the_past_is_found(made):
    version, checksum = made.views[0].sums[3]
    made.views[0].sums[3] = (version, checksum ^ 1 << 40)
    expect(made, f"at version {version} is")


def test_an_edit_on_another_canvas_than_it_was_for_is_found(made):
    other = FAR if made.place == HOME else HOME
    record = made.records[3]
    record.value = record_value(other, record_edits(record.value)[1])
    expect(made, "it was sent 0 times")
    expect(made, "acknowledged, but 3 of its edits are not in the log")


def test_the_picture_of_another_canvas_is_found(made):
    made.pictures[1] = ("b", png(bytes(made.canvas.pixels), made.version, place=(5, 5)), made.place)
    expect(made, "says that it is of canvas (5, 5)")


def test_a_client_that_gets_the_frames_of_another_canvas_is_found(made):
    canvas = Canvas(made.canvas.pixels)
    canvas.apply([edit for _, edit in made.others], made.version)
    made.views[0].pixels = canvas.pixels
    expect(made, "the canvas of client at version")


def test_what_a_client_noticed_by_itself_is_told(made):
    made.views[0].faults.append("the version went back")
    expect(made, "client: the version went back")


# ---- and the tools that the checker stands on


def test_the_edit_is_packed_as_the_protocol_says():
    x, y, colour = 999, 513, 11
    assert pack([word(x, y, colour)]) == bytes([x & 0xFF, x >> 8 | (y & 0x3F) << 2, y >> 6 | colour << 4])
    assert unpack(pack([word(x, y, colour), 0])) == [word(x, y, colour), 0]
    assert parts(word(x, y, colour)) == (x, y, colour)


def test_the_checksum_does_not_depend_on_the_way():
    ledger = Ledger(region=2000)
    canvas = Canvas()
    canvas.apply(ledger.fresh(5000), 1)
    assert canvas.sum == Canvas(canvas.pixels).sum != 0
    assert Canvas().checksum() == "0" * 16
    one = Canvas()
    one.apply([word(0, 0, 1)], 1)
    assert one.sum == mix(0, 1)


def test_all_png_filters_are_read():
    ledger = Ledger()
    canvas = Canvas()
    canvas.apply(ledger.fresh(20000), 77)
    picture = Picture(png(bytes(canvas.pixels), 77, filters=(0, 1, 2, 3, 4)))
    assert picture.pixels == canvas.pixels and picture.version == 77 and len(picture.palette) == 16


def test_an_export_is_read_whatever_bytes_its_values_have():
    records = parse_export(b"3 -1 3\n\n\n\n5 1700000000000 -1\n6 1700000000000 0\n9 1 4\n1 2\n")
    assert [(record.offset, record.value) for record in records] == [(3, b"\n\n\n"), (5, b""), (6, b""), (9, b"1 2\n")]
    for broken in (b"1 1 9\nshort", b"2 1 0\n2 1 0\n"):
        with pytest.raises(ValueError):
            parse_export(broken)


def test_records_that_break_the_frozen_rule_are_skipped_whole():
    good = pack([word(1, 1, 1)])
    there = struct.pack("<hh", *FAR)
    for bad in (b"", good + b"x" * 2, good + pack([1000]), good + pack([1000 << 10]), there, there + good + b"x",
                there + good + pack([1000]), struct.pack("<hh", -1025, 0) + good, struct.pack("<hh", 0, 1024) + good,
                b"\xff\x7f\0\0" + good, b"x"):
        assert fold_plane([Record(0, 0, bad)]) == {}, bad
    assert fold([Record(0, 0, good)]).sum == mix(1001, 1)
    for place in (FAR, HOME):  # a prefix that names (0, 0) is unusual, and right
        (where, canvas), = fold_plane([Record(4, 0, struct.pack("<hh", *place) + good)]).items()
        assert (where, canvas.sum, canvas.version) == (place, mix(1001, 1), 5)


def test_the_ledger_hands_out_every_word_once():
    ledger = Ledger(seed=3, region=2000)
    words = ledger.fresh(32000)
    assert len(set(words)) == 32000 and all(y < 2 for _, y, _ in map(parts, words))
    with pytest.raises(AssertionError):
        ledger.fresh()
