# SPDX-License-Identifier: ISC
"""checker: the invariant of the project, checked without any of its code.

The promise: nothing acknowledged is lost, nothing refused appears, and all servers and clients converge to
the same bytes. What goes in is what the log holds, what the clients sent and were told (the ledger), and
what pictures servers and clients have. What comes out is a list of violations, empty when all is well.
"""
import collections
import random

from fold import COLOURS, HOME, WIDTH, Canvas, Picture, record_edits, word

PENDING, ACKNOWLEDGED, REFUSED, UNKNOWN = "pending", "acknowledged", "refused", "unknown"


class Entry:
    """One message of edits: what was sent and what became of it."""

    __slots__ = ("client", "connection", "id", "words", "place", "outcome", "version", "reason")

    def __init__(self, client, connection, number, words, place=HOME):
        self.client = client
        self.connection = connection  # messages of one connection appear in the order they were sent
        self.id = number
        self.words = tuple(words)
        self.place = place  # of the canvas that they are for
        self.outcome = PENDING
        self.version = None
        self.reason = None

    def __repr__(self):
        where = "" if self.place == HOME else f" of canvas {self.place}"
        return f"<{self.client} message {self.id}: {len(self.words)} edits{where}, {self.outcome} at {self.version}>"

    @property
    def edits(self):
        """What is looked for in the log: (place, word) each."""
        return [(self.place, edit) for edit in self.words]


class Ledger:
    """Everything that the clients of one test sent; and where they get edits from that nobody else sends.

    A word is handed out once, whatever canvas it is for, so that one found in the log names its sender. region limits the pixels:
    a small one makes clients fight for the same pixels with different colours.
    """

    def __init__(self, seed=0, region=WIDTH * WIDTH):
        self.entries = []
        self.region = region
        self._next = random.Random(seed).randrange(region * COLOURS)
        self._step = 7368787  # prime, so it visits every word once before it comes round
        self._left = region * COLOURS
        assert self._left % self._step

    def fresh(self, n=1):
        """n words that no client has sent."""
        assert self._left >= n, "the region has no unused edits left"
        self._left -= n
        words = []
        for _ in range(n):
            colour, pixel = divmod(self._next, self.region)
            words.append(word(pixel % WIDTH, pixel // WIDTH, colour))
            self._next = (self._next + self._step) % (self.region * COLOURS)
        return words

    def record(self, client, connection, number, words, place=HOME):
        entry = Entry(client, connection, number, words, place)
        self.entries.append(entry)
        return entry

    def count(self, outcome):
        """Messages with this outcome."""
        return sum(entry.outcome == outcome for entry in self.entries)


class View:
    """What one client saw: its canvas at its version, and checksums of its canvas at earlier versions."""

    def __init__(self, name, version, pixels=None, sums=(), faults=(), place=HOME):
        self.name = name
        self.place = place
        self.version = version
        self.pixels = pixels  # None: not comparable (it was cut off inside a run of edits)
        self.sums = list(sums)  # (version, checksum)
        self.faults = list(faults)  # what it found wrong by itself


def check(records, entries, pictures=(), views=(), foreign=()):
    """All violations, as sentences.

    records: the exported log. entries: the ledger's. pictures: (server's name, bytes of its PNG), and the place
    of the canvas unless that is (0, 0). views: the clients'. foreign: what was put into the log by others than
    clients, words or (place, word).
    """
    return [*_check_entries(records, entries, foreign), *_check_pictures(records, pictures, views)]


def _check_entries(records, entries, foreign):
    places = collections.defaultdict(list)  # (canvas, word) -> where the log has it: (offset, place in record)
    for record in records:
        canvas, words = record_edits(record.value) or (HOME, ())
        for place, edit in enumerate(words):
            places[canvas, edit].append((record.offset, place))
    sent = collections.Counter(edit for entry in entries for edit in entry.edits)
    others = collections.Counter((HOME, edit) if isinstance(edit, int) else edit for edit in foreign)

    for edit, found in places.items():
        if len(found) > sent[edit] + others[edit]:
            yield (f"the log has edit {_name(edit)} {len(found)} times (offsets {[at for at, _ in found][:5]}), "
                   f"it was sent {sent[edit] + others[edit]} times")
    wanted = collections.Counter()  # for words that were sent more than once only numbers can be compared
    last = {}
    for entry in entries:
        unique = [edit for edit in entry.edits if sent[edit] == 1 and not others[edit]]
        present = [edit for edit in unique if places.get(edit)]
        if entry.outcome == REFUSED and present:
            yield f"refused, but in the log: {entry}"
        elif entry.outcome == ACKNOWLEDGED:
            if len(present) < len(unique):
                yield f"acknowledged, but {len(unique) - len(present)} of its edits are not in the log: {entry}"
            elif any(places[edit][0][0] >= entry.version for edit in unique):
                yield (f"acknowledged at version {entry.version}, but in the log only at offset "
                       f"{max(places[edit][0][0] for edit in unique)}: {entry}")
            wanted.update(edit for edit in entry.edits if sent[edit] > 1)
        elif 0 < len(present) < len(unique):
            yield f"only {len(present)} of its {len(unique)} edits are in the log: {entry}"
        if present and len(present) == len(unique):
            there = [places[edit][0] for edit in unique]
            if there != sorted(there) or there[0] <= last.get((entry.client, entry.connection), (-1, -1)):
                yield f"not in the order in which it was sent: {entry}"
            last[entry.client, entry.connection] = there[-1]
    for edit, least in wanted.items():
        if len(places.get(edit, ())) < least:
            yield f"edit {_name(edit)} was acknowledged {least} times, the log has it {len(places.get(edit, ()))} times"


def _name(edit):
    place, number = edit
    return f"{number:#x}" + ("" if place == HOME else f" of canvas {place}")


def _check_pictures(records, pictures, views):
    wanted = collections.defaultdict(list)  # place -> (version, sentence, pixels or None, checksum or None)
    by_version = {}
    for name, data, *place in pictures:
        picture = Picture(data)
        place = place[0] if place else HOME
        name = name if place == HOME else f"{name} of canvas {place}"
        if picture.version is None:
            yield f"the picture of {name} does not tell its version"
            continue
        if picture.place != place:
            yield f"the picture of {name} says that it is of canvas {picture.place}"
        wanted[place].append((picture.version, f"the picture of {name}", picture.pixels, None))
        other, same = by_version.setdefault((place, picture.version), (name, data))
        if same != data:
            yield f"the pictures of {other} and {name} at version {picture.version} differ in bytes"
    for view in views:
        yield from (f"{view.name}: {fault}" for fault in view.faults)
        if view.pixels is not None:
            wanted[view.place].append((view.version, f"the canvas of {view.name}", view.pixels, None))
        wanted[view.place] += ((version, f"the checksum of {view.name}'s canvas", None, checksum)
                               for version, checksum in view.sums)
    for place, claims in wanted.items():
        its = [record for record in records if (record_edits(record.value) or (None,))[0] == place]
        versions = {0, *(record.offset + 1 for record in its)}
        yield from (f"{what} is at version {version}, at which no record edits it" for version, what, *_ in claims
                    if what.startswith("the picture") and version not in versions)
        yield from _check_canvas(its, claims)


def _check_canvas(records, claims):
    """What is claimed of one canvas against the fold of the records that edit it."""
    canvas = Canvas()
    at = 0
    for version, what, pixels, checksum in sorted(claims, key=lambda claim: claim[0]):
        while at < len(records) and records[at].offset < version:
            canvas.apply(record_edits(records[at].value)[1], records[at].offset + 1)
            at += 1
        if pixels is not None and pixels != canvas.pixels:
            differ = [i for i, (mine, its) in enumerate(zip(canvas.pixels, pixels)) if mine != its]
            yield (f"{what} at version {version} differs from the fold in {len(differ)} pixels, the first at "
                   f"{differ[0] % WIDTH},{differ[0] // WIDTH}" if differ else f"{what} has {len(pixels)} pixels")
        if checksum is not None and checksum != canvas.sum:
            yield f"{what} at version {version} is {checksum:016x}, of the fold {canvas.sum:016x}"
