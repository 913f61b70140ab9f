// SPDX-License-Identifier: ISC
// Staying equal to the server: first the picture, then the edits from its version on; after a lost
// connection from where we were; and the picture again when we cannot catch up or differ. A state
// machine without clock, socket or canvas: the Outside does what it decides and reports back.

import { delayFor } from './backoff';
import type { Frame } from './protocol';

export interface Outside {
  /** Opens a connection that continues from this version; its events come to on...() below. */
  connect(from: number): void;
  /** Closes the connection; nothing of it is reported any more. */
  disconnect(): void;
  /** Ends in onPicture() or onPictureFailed(). `fresh`: not one that a cache holds. */
  fetchPicture(fresh: boolean): void;
  /** Stops a fetch; nothing of it is reported any more. */
  dropPicture(): void;
  /** Calls onWake() in so many milliseconds, once; a new call replaces the old. */
  wake(ms: number): void;
  load(indices: Uint8Array): void;
  apply(edits: Uint8Array): void;
  sum(): string;
  now(): number;
  random(): number;
  /** `state`, `version` or `heals` may have changed. */
  changed(): void;
}

export type State =
  | { readonly kind: 'starting' }
  | { readonly kind: 'catching' }
  | { readonly kind: 'live' }
  /** `retryAt` null: trying this very moment. `code` is the close code that ended it. */
  | { readonly kind: 'lost'; readonly code: number; readonly retryAt: number | null };

const NONE = -1;
/** A connection that lived this long was a good one: the next wait starts small again. */
const GOOD_MS = 10_000;
/** Frames that wait for a picture; past this, the picture alone is cheaper. */
const WAITING_BYTES = 4 << 20;
const ABNORMAL = 1006;

export class Sync {
  state: State = { kind: 'starting' };
  /** The board's version; NONE (-1) when what is on it does not count. Read it, never set it. */
  version = NONE;
  /** How often the checksum differed. */
  heals = 0;
  private connected = false;
  private greeted = false;
  private greetedAt = 0;
  private fetching = false;
  /** Frames are kept for a picture to come; `waiting` continues from this version. Else NONE. */
  private base = NONE;
  private waiting: Frame[] = [];
  private waitingBytes = 0;
  private failures = 0;
  /** The checksum differed and has not been seen equal since. */
  private doubts = 0;

  constructor(private readonly outside: Outside) {}

  start(): void {
    this.fetch(false);
  }

  /** Do now what we are waiting to do; nothing when all is well. */
  retryNow(): void {
    if (this.state.kind === 'lost' && this.state.retryAt !== null) this.outside.wake(0);
  }

  onHello(version: number): void {
    this.greeted = true;
    this.greetedAt = this.outside.now();
    if (this.version === NONE || version > this.version) this.restart(version);
    else this.become({ kind: 'live' });
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
      if (this.waitingBytes > WAITING_BYTES) return this.lose(ABNORMAL);
    }
    if (this.version !== NONE && this.applyFrame(frame)) this.outside.changed();
  }

  onChecksum(version: number, sum: string): void {
    if (version !== this.version || this.base !== NONE) return;
    if (this.outside.sum() === sum) {
      this.doubts = 0;
      return;
    }
    this.heals++;
    this.keepFrom(version);
    // At once the first time; if that did not help, less and less often.
    if (this.doubts++ === 0) this.fetch(true);
    else this.outside.wake(this.delay(this.doubts, ABNORMAL));
    this.outside.changed();
  }

  onPicture(version: number, indices: Uint8Array): void {
    this.fetching = false;
    const behind = version < this.base;
    if (behind && this.version !== NONE) {
      // An old one, from a cache. The board is no worse than before: ask again in a moment.
      this.outside.wake(this.delay(this.doubts, ABNORMAL));
      return;
    }
    this.outside.load(indices);
    this.version = version;
    if (this.greeted && !behind) {
      const frames = this.waiting;
      this.keepFrom(NONE);
      for (const frame of frames) this.applyFrame(frame);
      this.become({ kind: 'live' });
    } else {
      this.follow(behind);
    }
  }

  /** The board has a picture that no stream continues from yet. */
  private follow(behind: boolean): void {
    // Behind the stream that we have: one from the picture's version. At once, but not in circles.
    this.forgive();
    this.hangUp();
    if (behind && this.failures++ > 0) this.lose(ABNORMAL);
    else this.connect();
  }

  onPictureFailed(): void {
    this.fetching = false;
    if (this.greeted) this.outside.wake(this.delay(this.failures++, ABNORMAL));
    else this.lose(ABNORMAL);
  }

  /** The connection ended, or could not be opened. */
  onClosed(code: number): void {
    this.forgive();
    this.lose(code);
  }

  onWake(): void {
    if (this.greeted) {
      if (this.base !== NONE && !this.fetching) this.fetch(true);
      return;
    }
    if (this.state.kind === 'lost') this.become({ ...this.state, retryAt: null });
    if (this.version === NONE) this.fetch(true);
    else this.connect();
  }

  /** The stream starts at `version` and the board cannot follow it: get the picture. */
  private restart(version: number): void {
    this.version = NONE;
    this.keepFrom(version);
    this.become({ kind: 'catching' });
    if (!this.fetching) this.fetch(true);
  }

  private fetch(fresh: boolean): void {
    this.fetching = true;
    this.outside.fetchPicture(fresh);
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
