// SPDX-License-Identifier: ISC
// Staying equal to the server: first the picture, then the edits from its version on; after a lost
// connection from where we were; and the picture again when we cannot catch up, differ, or find that
// the server has begun a new log. A state machine without clock, connection or canvas: the Outside
// does what it decides and reports back.

import { CLOSE_ABNORMAL, delayFor } from './backoff';
import type { Frame } from './protocol';

export interface Outside {
  /** Opens a connection that continues from this version; its events come to on...() below. */
  connect(from: number): void;
  /** Closes the connection; nothing of it is reported any more. */
  disconnect(): void;
  /** Ends in onPicture() or onPictureFailed(). */
  fetchPicture(source: Source): void;
  /** Stops a fetch; nothing of it is reported any more. */
  dropPicture(): void;
  /** Calls onWake() in so many milliseconds, once; a new call replaces the old. */
  wake(ms: number): void;
  load(indices: Uint8Array): void;
  apply(edits: Uint8Array): void;
  sum(): string;
  now(): number;
  random(): number;
  /** The server's log is another one than when it was last heard of: nothing of the old one, which
   * was called `ended`, counts. */
  begunAnew(ended: string): void;
  /** `state`, `version` or `heals` may have changed. */
  changed(): void;
}

/** Any cache; a cache that asks the server whether it changed; the server, whatever caches hold. */
export type Source = 'any' | 'checked' | 'server';

export type State =
  | { readonly kind: 'starting' }
  | { readonly kind: 'catching' }
  | { readonly kind: 'live' }
  /** `retryAt` null: trying this very moment. `code` is the close code that ended it. */
  | { readonly kind: 'lost'; readonly code: number; readonly retryAt: number | null };

const NONE = -1;
/** A connection that lived this long was a good one: the next wait starts small again. */
const GOOD_MS = 10_000;
/** An attempt that has not come to anything after so long may be begun anew. */
const HANGS_MS = 2_000;
/** Frames that wait for a picture; past this, the picture alone is cheaper. */
const WAITING_BYTES = 4 << 20;
/** A board that is ahead of so many checksums in a row is not one of this log. */
const AHEAD_LIMIT = 3;

export class Sync {
  state: State = { kind: 'starting' };
  /** The board's version; NONE (-1) when what is on it does not count. Read it, never set it. */
  version = NONE;
  /** How often the checksum differed. */
  heals = 0;
  /** The log that the board is of; null while unknown. Compare it with `server`. */
  private genesis: string | null = null;
  /** The log that the server named last; null: it had no record; undefined: never heard. */
  private server: string | null | undefined = undefined;
  /** A connection was made only to hear the name of a log that was blank. */
  private asked = false;
  private connected = false;
  private greeted = false;
  private greetedAt = 0;
  private fetching = false;
  /** Frames are kept for a picture to come; `waiting` continues from this version. Else NONE. */
  private base = NONE;
  private waiting: Frame[] = [];
  private waitingBytes = 0;
  private failures = 0;
  /** When the last attempt began. */
  private triedAt = 0;
  /** The checksum differed and has not been seen equal since. */
  private doubts = 0;
  /** How many checksums in a row were of a version below the board's. */
  private ahead = 0;

  constructor(private readonly outside: Outside) {}

  /** The name of the server's log; null while it has none, or none was heard. */
  get log(): string | null {
    return this.server ?? null;
  }

  start(): void {
    this.fetch('any');
  }

  /** The same stream on another connection, without a word to anybody; false when not possible now. */
  reconnect(): boolean {
    if (!this.greeted || this.base !== NONE || this.version === NONE) return false;
    this.hangUp();
    this.connect();
    return true;
  }

  /** Do now what we are waiting to do, and once more what hangs; nothing when all is well. */
  retryNow(): void {
    if (this.state.kind !== 'lost') return;
    if (this.state.retryAt !== null) return this.outside.wake(0);
    // An attempt may hang on a network that has become another one meanwhile.
    if (this.outside.now() - this.triedAt < HANGS_MS) return;
    if (this.fetching) this.outside.dropPicture();
    this.fetching = false;
    this.hangUp();
    this.outside.wake(0);
  }

  /** `genesis` is null while the server's log has no record. */
  onHello(version: number, genesis: string | null): void {
    this.greeted = true;
    this.greetedAt = this.outside.now();
    this.ahead = 0;
    const ended = typeof this.server === 'string' && genesis !== this.server ? this.server : null;
    this.server = genesis;
    if (genesis !== null) this.asked = false;
    if (ended !== null) {
      this.failures = 0;
      this.outside.begunAnew(ended);
    }
    if (!this.boardIsOf(genesis)) this.restart(version, 'server');
    else if (this.version === NONE || version > this.version) this.restart(version);
    else {
      this.genesis = genesis;
      this.become({ kind: 'live' });
    }
  }

  /** Whether the board may be continued in the log of this genesis. */
  private boardIsOf(genesis: string | null): boolean {
    // A blank board is the beginning of every log. A board whose log is unknown is of no log that
    // has a name; with a server that names none, there is nothing to compare.
    return this.version <= 0 || this.genesis === genesis;
  }

  /** The server cannot bring us up to date by edits; its frames continue from this version. */
  onReset(version: number): void {
    this.restart(version);
  }

  onFrame(frame: Frame): void {
    if (this.base !== NONE) {
      this.waiting.push(frame);
      this.waitingBytes += frame.edits.length;
      // It takes so long that a later picture is cheaper than what waits for this one.
      if (this.waitingBytes > WAITING_BYTES) return this.lose(CLOSE_ABNORMAL);
    }
    if (this.version !== NONE && this.applyFrame(frame)) this.outside.changed();
  }

  onChecksum(version: number, sum: string): void {
    if (this.base !== NONE) return;
    this.ahead = version < this.version ? this.ahead + 1 : 0;
    if (this.ahead >= AHEAD_LIMIT) {
      // Also where nothing names the log: its stream would have reached the board by now.
      return this.restart(version, 'server');
    }
    if (version !== this.version) return;
    if (this.outside.sum() === sum) {
      this.doubts = 0;
      return;
    }
    this.heals++;
    this.keepFrom(version);
    // At once the first time; if that did not help, less and less often.
    if (this.doubts++ === 0) this.fetch('checked');
    else this.outside.wake(this.delay(this.doubts, CLOSE_ABNORMAL));
    this.outside.changed();
  }

  /** `genesis` is null where the picture does not say of which log it is. */
  onPicture(version: number, genesis: string | null, indices: Uint8Array): void {
    this.fetching = false;
    if (this.greeted && this.isForeign(version, genesis)) return this.declinePicture();
    const behind = version < this.base;
    if (behind && this.version !== NONE) {
      // An old one, from a cache. The board is no worse than before: ask again in a moment.
      this.outside.wake(this.delay(this.doubts, CLOSE_ABNORMAL));
      return;
    }
    this.outside.load(indices);
    this.version = version;
    this.genesis = genesis;
    if (this.greeted && !behind) {
      const frames = this.waiting;
      this.keepFrom(NONE);
      for (const frame of frames) this.applyFrame(frame);
      this.become({ kind: 'live' });
    } else {
      this.follow(behind);
    }
  }

  /** Whether a picture is not of the log that the stream comes from. */
  private isForeign(version: number, genesis: string | null): boolean {
    if (version === 0 || genesis === this.server) return false;
    // One that does not name its log is doubted once: perhaps something on the way took the name off.
    return genesis !== null || this.doubts === 0;
  }

  /** A cache still has the log before, or the log was blank at the hello and got its name since. */
  private declinePicture(): void {
    if (this.server === null) {
      this.hangUp();
      // The next hello names the log. A board that is not known to be wrong is continued at once.
      if (!this.asked && this.version !== NONE) {
        this.asked = true;
        return this.connect();
      }
      this.version = NONE;
    }
    this.outside.wake(this.delay(this.doubts++, CLOSE_ABNORMAL));
  }

  /** The board has a picture that no stream continues from yet. */
  private follow(behind: boolean): void {
    // Behind the stream that we have: one from the picture's version. At once, but not in circles.
    this.forgive();
    this.hangUp();
    if (behind && this.failures++ > 0) this.lose(CLOSE_ABNORMAL);
    else this.connect();
  }

  /** `unreadable`: one came and was no picture of this canvas, so the next must not be from a cache. */
  onPictureFailed(unreadable = false): void {
    this.fetching = false;
    if (unreadable) this.doubts++;
    if (this.greeted) this.outside.wake(this.delay(this.failures++, CLOSE_ABNORMAL));
    else this.lose(CLOSE_ABNORMAL);
  }

  /** The connection ended, or could not be opened. */
  onClosed(code: number): void {
    this.forgive();
    this.lose(code);
  }

  onWake(): void {
    if (this.greeted) {
      if (this.base !== NONE && !this.fetching) this.fetchAgain();
      return;
    }
    if (this.state.kind === 'lost') this.become({ ...this.state, retryAt: null });
    this.triedAt = this.outside.now();
    if (this.version === NONE) this.fetchAgain();
    else this.connect();
  }

  /** The stream starts at `version` and the board cannot follow it: get the picture. */
  private restart(version: number, source: Source = 'checked'): void {
    this.version = NONE;
    this.genesis = null;
    this.ahead = 0;
    this.keepFrom(version);
    this.become({ kind: 'catching' });
    if (!this.fetching) this.fetch(source);
  }

  private fetchAgain(): void {
    this.fetch(this.doubts > 0 ? 'server' : 'checked');
  }

  private fetch(source: Source): void {
    this.fetching = true;
    this.outside.fetchPicture(source);
  }

  private connect(): void {
    this.connected = true;
    this.outside.connect(this.version);
  }

  private hangUp(): void {
    if (this.connected) this.outside.disconnect();
    this.connected = this.greeted = false;
    this.keepFrom(NONE);
  }

  private lose(code: number): void {
    if (this.fetching) this.outside.dropPicture();
    this.fetching = false;
    // Half of a heal or a reset: the board does not count until a picture comes.
    if (this.base !== NONE) this.version = NONE;
    this.hangUp();
    const ms = this.delay(this.failures++, code);
    this.outside.wake(ms);
    this.become({ kind: 'lost', code, retryAt: this.outside.now() + ms });
  }

  /** A frame of this very version is applied too: it may hold the beginning of a cut record. */
  private applyFrame(frame: Frame): boolean {
    if (frame.version < this.version) return false;
    this.outside.apply(frame.edits);
    this.version = frame.version;
    return true;
  }

  /** Keeps the frames from this version on for a picture; NONE: none, and drops those kept. */
  private keepFrom(version: number): void {
    this.base = version;
    this.waiting = [];
    this.waitingBytes = 0;
  }

  /** A connection that lasted was a good one. */
  private forgive(): void {
    if (this.greeted && this.outside.now() - this.greetedAt >= GOOD_MS) this.failures = 0;
  }

  private delay(failures: number, code: number): number {
    return delayFor(failures, code, this.outside.random());
  }

  private become(state: State): void {
    this.state = state;
    this.outside.changed();
  }
}
