// SPDX-License-Identifier: ISC
import { beforeEach, describe, expect, test } from 'vitest';
import { Sync, type Outside, type Source } from '../src/core/sync';

/** Writes down what Sync wants; the "board" is the list of what was loaded and applied. */
class Fake implements Outside {
  calls: string[] = [];
  board: string[] = [];
  clock = 0;
  checksum = 'a'.repeat(16);
  wakeAfter: number | null = null;

  connect = (from: number) => void this.calls.push(`connect ${from}`);
  disconnect = () => void this.calls.push('disconnect');
  fetchPicture = (source: Source) => void this.calls.push(`fetch ${source}`);
  dropPicture = () => void this.calls.push('drop');
  wake = (ms: number) => void (this.wakeAfter = ms);
  load = (indices: Uint8Array) => void (this.board = [`picture ${indices[0]}`]);
  apply = (edits: Uint8Array) => void this.board.push(`edits ${edits[0]}`);
  sum = () => this.checksum;
  now = () => this.clock;
  random = () => 0.5;
  begunAnew = () => void this.calls.push('begun anew');
  changed = () => {};

  /** What was wanted since the last time. */
  take(): string[] {
    return this.calls.splice(0);
  }
}

let fake: Fake;
let sync: Sync;

const LOG = 'a'.repeat(32);
const NEW_LOG = 'b'.repeat(32);

const picture = (version: number, genesis: string | null = LOG) =>
  sync.onPicture(version, genesis, Uint8Array.of(version));
const frame = (version: number, mark = version) =>
  sync.onFrame({ version, edits: Uint8Array.of(mark, 0, 0) });

function wake(): void {
  expect(fake.wakeAfter).not.toBeNull();
  fake.clock += fake.wakeAfter!;
  fake.wakeAfter = null;
  sync.onWake();
}

/** Started, with the picture of version 10, on a stream from there. */
function live(): void {
  sync.start();
  picture(10);
  sync.onHello(10, LOG);
  fake.take();
}

beforeEach(() => {
  fake = new Fake();
  sync = new Sync(fake);
});

describe('start', () => {
  test('is the picture, then the edits from its version on', () => {
    sync.start();
    expect(fake.take()).toEqual(['fetch any']);
    picture(10);
    expect(fake.take()).toEqual(['connect 10']);
    expect(sync.state.kind).toBe('starting');
    sync.onHello(10, LOG);
    expect(sync.state.kind).toBe('live');
    frame(12);
    expect(fake.board).toEqual(['picture 10', 'edits 12']);
    expect(sync.version).toBe(12);
  });

  test('goes on trying when there is no picture', () => {
    sync.start();
    sync.onPictureFailed();
    expect(sync.state.kind).toBe('lost');
    fake.take();
    wake();
    expect(fake.take()).toEqual(['fetch checked']);
    picture(10);
    expect(fake.take()).toEqual(['connect 10']);
  });
});

describe('versions', () => {
  test('never go back', () => {
    live();
    frame(20);
    frame(15);
    expect(fake.board).toEqual(['picture 10', 'edits 20']);
    expect(sync.version).toBe(20);
  });

  test('may come in several frames, all of which count', () => {
    live();
    frame(20, 1);
    frame(20, 2);
    frame(20, 3);
    expect(fake.board).toEqual(['picture 10', 'edits 1', 'edits 2', 'edits 3']);
  });
});

describe('a lost connection', () => {
  test('is taken up from where we were', () => {
    live();
    frame(20);
    frame(30);
    sync.onClosed(1006);
    expect(sync.state).toMatchObject({ kind: 'lost', code: 1006 });
    fake.take();
    wake();
    expect(fake.take()).toEqual(['connect 30']);
    expect(sync.state).toMatchObject({ kind: 'lost', retryAt: null });
    sync.onHello(30, LOG);
    frame(40);
    expect(sync.version).toBe(40);
    expect(sync.state.kind).toBe('live');
  });

  test('in the middle of a cut record loses none of its parts', () => {
    live();
    frame(10, 1); // the first part carries the version before the record
    sync.onClosed(4001);
    fake.take();
    wake();
    expect(fake.take()).toEqual(['connect 10']);
    sync.onHello(10, LOG);
    frame(10, 2);
    frame(100, 3);
    expect(fake.board.slice(2)).toEqual(['edits 2', 'edits 3']);
  });

  test('is tried again after waits that grow', () => {
    live();
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      sync.onClosed(1006);
      waits.push(fake.wakeAfter!);
      wake();
    }
    for (let i = 1; i < waits.length; i++) expect(waits[i]).toBeGreaterThan(waits[i - 1]!);
  });

  test('that ends soon after each hello does not make the waits small again', () => {
    live();
    for (let i = 0; i < 5; i++) {
      sync.onClosed(1008);
      wake();
      sync.onHello(10, LOG);
    }
    sync.onClosed(1008);
    expect(fake.wakeAfter).toBeGreaterThan(10_000);
  });

  test('that lasted is a new beginning', () => {
    live();
    for (let i = 0; i < 5; i++) {
      sync.onClosed(1006);
      wake();
    }
    sync.onHello(10, LOG);
    fake.clock += 60_000;
    sync.onClosed(1006);
    expect(fake.wakeAfter).toBeLessThan(1_000);
  });

  test('is tried at once when somebody says so, and then only once', () => {
    live();
    sync.onClosed(1006);
    fake.take();
    sync.retryNow();
    expect(fake.wakeAfter).toBe(0);
    wake();
    expect(fake.take()).toEqual(['connect 10']);
    sync.retryNow();
    expect(fake.wakeAfter).toBeNull();
  });
});

describe('reset', () => {
  test('is the picture again, with the frames that came meanwhile on top', () => {
    live();
    sync.onReset(50);
    expect(fake.take()).toEqual(['fetch checked']);
    expect(sync.state.kind).toBe('catching');
    frame(55);
    frame(60);
    frame(60, 61);
    frame(65);
    picture(60);
    expect(fake.take()).toEqual([]);
    // 61: of version 60 too, perhaps the first part of a record that the picture has not got.
    expect(fake.board).toEqual(['picture 60', 'edits 60', 'edits 61', 'edits 65']);
    expect(sync.version).toBe(65);
    expect(sync.state.kind).toBe('live');
  });

  test('with a picture older than the stream connects again from the picture', () => {
    live();
    sync.onReset(50);
    frame(55);
    fake.take();
    picture(45);
    expect(fake.take()).toEqual(['disconnect', 'connect 45']);
    sync.onHello(45, LOG);
    frame(50);
    frame(55);
    expect(fake.board).toEqual(['picture 45', 'edits 50', 'edits 55']);
  });

  test('over and over is not a circle without a wait', () => {
    live();
    sync.onReset(50);
    picture(45);
    sync.onHello(45, LOG);
    sync.onReset(60);
    fake.take();
    picture(46);
    expect(fake.take()).toEqual(['disconnect']);
    expect(fake.wakeAfter).toBeGreaterThan(500);
    wake();
    expect(fake.take()).toEqual(['connect 46']);
  });

  test('to a version before ours (another log) is followed', () => {
    live();
    frame(5000);
    sync.onReset(3);
    picture(4);
    expect(sync.version).toBe(4);
    expect(fake.board).toEqual(['picture 4']);
  });

  test('waits on when the picture fails, and keeps what comes meanwhile', () => {
    live();
    sync.onReset(50);
    sync.onPictureFailed();
    frame(70);
    fake.take();
    wake();
    expect(fake.take()).toEqual(['fetch checked']);
    frame(80);
    picture(60);
    expect(fake.board).toEqual(['picture 60', 'edits 70', 'edits 80']);
    expect(sync.state.kind).toBe('live');
  });

  test('that loses the connection starts from a picture', () => {
    live();
    sync.onReset(50);
    fake.take();
    sync.onClosed(1006);
    expect(fake.take()).toEqual(['drop', 'disconnect']);
    wake();
    expect(fake.take()).toEqual(['fetch checked']);
  });

  test('does not let frames pile up without end', () => {
    live();
    sync.onReset(50);
    fake.take();
    const edits = new Uint8Array(3 << 20);
    sync.onFrame({ version: 60, edits });
    expect(fake.take()).toEqual([]);
    sync.onFrame({ version: 70, edits });
    expect(fake.take()).toEqual(['drop', 'disconnect']);
  });

  test('is what a stream that starts after our version comes to', () => {
    live();
    sync.onClosed(1006);
    wake();
    fake.take();
    sync.onHello(90, LOG);
    expect(fake.take()).toEqual(['fetch checked']);
    picture(90);
    expect(sync.state.kind).toBe('live');
  });
});

describe('checksum', () => {
  const other = 'b'.repeat(16);

  test('that is equal changes nothing', () => {
    live();
    sync.onChecksum(10, fake.checksum);
    expect(fake.take()).toEqual([]);
    expect(sync.heals).toBe(0);
  });

  test('of another version is not compared', () => {
    live();
    sync.onChecksum(9, other);
    expect(fake.take()).toEqual([]);
  });

  test('that differs fetches the picture, while edits go on showing', () => {
    live();
    sync.onChecksum(10, other);
    expect(fake.take()).toEqual(['fetch checked']);
    expect(sync.heals).toBe(1);
    frame(12);
    expect(fake.board).toEqual(['picture 10', 'edits 12']);
    picture(11);
    expect(fake.board).toEqual(['picture 11', 'edits 12']);
    expect(sync.version).toBe(12);
    expect(sync.state.kind).toBe('live');
  });

  test('that differs does not take an older picture, but asks again', () => {
    live();
    frame(20);
    sync.onChecksum(20, other);
    fake.take();
    picture(15);
    expect(sync.version).toBe(20);
    expect(fake.board).toEqual(['picture 10', 'edits 20']);
    frame(20, 21); // a record's first part, before the next picture is asked for
    wake();
    expect(fake.take()).toEqual(['fetch server']);
    frame(25);
    picture(20);
    expect(fake.board).toEqual(['picture 20', 'edits 21', 'edits 25']);
  });

  test('that goes on differing is healed less and less often', () => {
    live();
    sync.onChecksum(10, other);
    picture(10);
    fake.take();
    sync.onChecksum(10, other);
    expect(fake.take()).toEqual([]);
    const first = fake.wakeAfter!;
    expect(first).toBeGreaterThan(0);
    // Another one before the wait is over does not make it longer.
    fake.wakeAfter = null;
    sync.onChecksum(10, other);
    expect(fake.wakeAfter).toBeNull();
    fake.wakeAfter = first;
    wake();
    expect(fake.take()).toEqual(['fetch server']);
    picture(10);
    sync.onChecksum(10, other);
    expect(fake.wakeAfter).toBeGreaterThan(first);
  });

  test('makes its version a sure one to come back to', () => {
    live();
    frame(20);
    sync.onChecksum(20, fake.checksum);
    sync.onClosed(1006);
    fake.take();
    wake();
    expect(fake.take()).toEqual(['connect 20']);
  });
});

describe('a new log', () => {
  /** The connection was lost, and the server that is back names this log. */
  function back(genesis: string | null, version = 10): void {
    sync.onClosed(1012);
    wake();
    fake.take();
    sync.onHello(version, genesis);
  }

  test('under an open page is said, and all is fetched anew from the server', () => {
    live();
    back(NEW_LOG);
    expect(fake.take()).toEqual(['begun anew', 'fetch server']);
    expect(sync.version).toBe(-1);
    expect(sync.state.kind).toBe('catching');
    frame(30);
    picture(20, NEW_LOG);
    expect(fake.board).toEqual(['picture 20', 'edits 30']);
    expect(sync.state.kind).toBe('live');
  });

  test('whose picture is older than our old version is continued from that picture', () => {
    live();
    back(NEW_LOG);
    fake.take();
    picture(3, NEW_LOG);
    expect(fake.take()).toEqual(['disconnect', 'connect 3']);
    sync.onHello(3, NEW_LOG);
    expect(sync.state.kind).toBe('live');
    expect(sync.version).toBe(3);
  });

  test('is not shown with the picture that a cache still has of the old one', () => {
    live();
    back(NEW_LOG);
    frame(30);
    fake.take();
    for (let i = 0; i < 3; i++) {
      picture(25, LOG);
      expect(fake.board).toEqual(['picture 10']);
      expect(sync.version).toBe(-1);
      wake();
      expect(fake.take()).toEqual(['fetch server']);
    }
    picture(25, NEW_LOG);
    expect(fake.board).toEqual(['picture 25', 'edits 30']);
    expect(sync.state.kind).toBe('live');
  });

  test('that is still blank is said too, and old pictures do not count', () => {
    live();
    back(null);
    sync.onReset(0);
    expect(fake.take()).toEqual(['begun anew', 'fetch server']);
    picture(25, LOG);
    expect(fake.board).toEqual(['picture 10']);
    // Perhaps the log has got its name since: only another hello names it.
    expect(fake.take()).toEqual(['disconnect']);
    wake();
    expect(fake.take()).toEqual(['fetch server']);
    picture(0, null);
    expect(fake.take()).toEqual(['connect 0']);
    sync.onHello(0, null);
    expect(sync.state.kind).toBe('live');
  });

  test('that got its first record is the same as when it was blank', () => {
    sync.start();
    picture(0, null);
    sync.onHello(0, null);
    fake.take();
    back(LOG, 0);
    expect(fake.take()).toEqual([]);
    expect(sync.state.kind).toBe('live');
  });

  test('a board that was drawn on while its log had no name is fetched again after a break', () => {
    sync.start();
    picture(0, null);
    sync.onHello(0, null);
    frame(5);
    back(LOG, 5);
    expect(fake.take()).toEqual(['fetch server']);
    picture(5, LOG);
    expect(sync.state.kind).toBe('live');
  });

  test('a heal while the log has no name asks for the name, and then for its picture', () => {
    sync.start();
    picture(0, null);
    sync.onHello(0, null);
    frame(5);
    sync.onChecksum(5, 'b'.repeat(16));
    fake.take();
    picture(5, LOG);
    expect(fake.take()).toEqual(['disconnect', 'connect 5']);
    expect(sync.state.kind).toBe('live');
    sync.onHello(5, LOG);
    expect(fake.take()).toEqual(['fetch server']);
    picture(5, LOG);
    expect(fake.board).toEqual(['picture 5']);
    expect(sync.state.kind).toBe('live');
    expect(fake.take()).toEqual([]);
  });

  test('found at the first hello of a page is no news, but the old picture goes', () => {
    sync.start();
    picture(12, LOG);
    fake.take();
    sync.onHello(12, NEW_LOG);
    expect(fake.take()).toEqual(['fetch server']);
    picture(12, NEW_LOG);
    expect(sync.state.kind).toBe('live');
  });

  test('a picture that does not name its log is taken the second time', () => {
    sync.start();
    picture(12, null);
    sync.onHello(12, LOG);
    fake.take();
    picture(12, null);
    expect(sync.state.kind).toBe('catching');
    wake();
    expect(fake.take()).toEqual(['fetch server']);
    picture(12, null);
    expect(sync.state.kind).toBe('live');
  });
});

describe('a board that is ahead of the checksums', () => {
  const other = 'b'.repeat(16);

  test('of three in a row is not trusted', () => {
    live();
    sync.onChecksum(7, other);
    sync.onChecksum(8, other);
    expect(fake.take()).toEqual([]);
    sync.onChecksum(9, other);
    expect(fake.take()).toEqual(['fetch server']);
    expect(sync.version).toBe(-1);
    picture(9);
    expect(fake.board).toEqual(['picture 9']);
    expect(sync.state.kind).toBe('live');
  });

  test('is, when the stream reaches it before that', () => {
    live();
    sync.onChecksum(8, other);
    sync.onChecksum(9, other);
    sync.onChecksum(10, fake.checksum);
    sync.onChecksum(9, other);
    sync.onChecksum(9, other);
    expect(fake.take()).toEqual([]);
  });
});

describe('another transport', () => {
  test('takes the stream up where it is, without a word', () => {
    live();
    frame(20);
    expect(sync.reconnect()).toBe(true);
    expect(fake.take()).toEqual(['disconnect', 'connect 20']);
    expect(sync.state.kind).toBe('live');
    sync.onHello(20, LOG);
    frame(25);
    expect(fake.board).toEqual(['picture 10', 'edits 20', 'edits 25']);
  });

  test('is not taken while a picture is awaited', () => {
    live();
    sync.onReset(50);
    fake.take();
    expect(sync.reconnect()).toBe(false);
    expect(fake.take()).toEqual([]);
  });
});
