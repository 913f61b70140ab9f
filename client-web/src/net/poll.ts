// SPDX-License-Identifier: ISC
// The long poll transport, for where neither a WebSocket nor an event stream comes through, and for
// pages behind a cache on purpose: every answer to `/h/G/GX,GY/edits/V` is right for ever, so any cache
// on the way may give it to everybody. Because something on the way may be wrong as well, what came is
// compared with the picture now and then.

import { CLOSE_ABNORMAL, CLOSE_RESTART } from '../core/backoff';
import { Board } from '../core/board';
import type { Info } from '../core/info';
import { nameOf } from '../core/plane';
import { decodeFrame, type Frame } from '../core/protocol';
import { bounded, fetchPicture } from './fetches';
import { ANSWER_MS, HttpTransport, pause } from './overhttp';

/** The server holds a poll for 25 s, and a cache that has many who wait for the same may do so before. */
const POLL_MS = 60_000;
/** An answer without edits that came sooner than this was not held: the next one is not hurried. */
const HELD_MS = 1_000;
/** While the log has no record it has no name, and there is nothing to poll. */
const BLANK_MS = 2_000;
/** So many records behind, the picture is the shorter way. */
const FAR = 5_000;
/** So often in a row the server may ask for patience. */
const PATIENCE = 5;
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;
const FIRST_CHECK_MS = 30_000;
const LAST_CHECK_MS = 300_000;
/** No cache has a picture that is older than this, if the canvas has changed since. */
const STALE_MS = 10_000;
/** Edits that are kept for a check; with more there is none. */
const KEPT_BYTES = 1 << 20;

export class PollTransport extends HttpTransport {
  readonly kind = 'poll';
  protected readonly infoMs = 30_000;
  private readonly end = new AbortController();
  private genesis: string | null = null;
  private refusals = 0;
  /** What comes during a check. */
  private kept: Frame[] | null = null;
  private keptBytes = 0;
  private checkMs = FIRST_CHECK_MS;
  private checkTimer: ReturnType<typeof setTimeout> | undefined;

  open(from: number): void {
    void this.run(from);
  }

  protected hangUp(): void {
    clearTimeout(this.checkTimer);
    this.end.abort();
  }

  protected override informed(info: Info): void {
    const { genesis } = info;
    if (this.genesis !== null && genesis !== this.genesis) this.lose(CLOSE_RESTART);
    this.genesis = genesis;
    // While the server asks for patience, the next poll is not out yet.
    if (this.refusals === 0) this.expect(this.own(info)?.version ?? 0);
  }

  private async run(from: number): Promise<void> {
    if (!(await this.greet((info) => this.begin(info, from)))) return;
    this.checkLater();
    while (!this.over) {
      const ms = await this.poll();
      if (ms > 0) await pause(ms);
    }
  }

  /** Where the polls begin; null where there are none. Below `from` when the server is not as far yet:
   * edits that come twice do no harm. */
  private begin(info: Info, from: number): number | null {
    const version = this.own(info)?.version ?? 0;
    this.genesis = info.genesis;
    this.version = version - from > FAR ? version : Math.min(from, version);
    return info.history ? this.version : null;
  }

  /** One of them; returns how long to wait before the next. */
  private async poll(): Promise<number> {
    const { genesis, version } = this;
    if (genesis === null) {
      this.ask(ANSWER_MS);
      return BLANK_MS;
    }
    const { at, base, info } = this.target;
    const url = new URL(`h/${genesis.slice(0, 16)}/${nameOf(at)}/edits/${version}`, base);
    const began = performance.now();
    const answer = await bounded(this.end.signal, POLL_MS, async (signal) => {
      const response = await fetch(url, { signal });
      return { response, bytes: await response.arrayBuffer() };
    }).catch(() => null);
    if (this.over) return 0;
    switch (answer?.response.status) {
      case 200:
        this.refusals = 0;
        this.receive(decodeFrame(answer!.bytes, info));
        return 0;
      case 204:
        this.refusals = 0;
        return performance.now() - began < HELD_MS ? HELD_MS : 0;
      case 404:
        // Another log, or a server that is not as far as the one before: /info says which.
        this.lose(CLOSE_RESTART);
        return 0;
      case 429:
      case 503:
        if (++this.refusals < PATIENCE) return delayOf(answer!.response.headers);
    }
    this.lose(CLOSE_ABNORMAL);
    return 0;
  }

  private receive(frame: Frame | null): void {
    if (!frame || frame.version <= this.version) return this.lose(CLOSE_ABNORMAL);
    this.version = frame.version;
    if (this.kept) this.keep(this.kept, frame);
    this.events.frame(frame);
  }

  private keep(kept: Frame[], frame: Frame): void {
    kept.push(frame);
    this.keptBytes += frame.edits.length;
    if (this.keptBytes > KEPT_BYTES) this.kept = null;
  }

  /** Never the same for two pages, as they may have begun together. */
  private checkLater(): void {
    const check = async () => {
      await this.check();
      if (!this.over) this.checkLater();
    };
    this.checkTimer = setTimeout(() => void check(), this.checkMs * (0.5 + 0.5 * Math.random()));
    this.checkMs = Math.min(2 * this.checkMs, LAST_CHECK_MS);
  }

  /** What the board has to be like, as a checksum: a picture, and on it what came since. */
  private async check(): Promise<void> {
    const since = this.version;
    const kept: Frame[] = [];
    this.kept = kept;
    this.keptBytes = 0;
    await pause(STALE_MS);
    if (this.over) return;
    const { end } = this;
    const { info, paths } = this.target;
    const picture = await fetchPicture(paths, info, 'any', end.signal).catch(() => null);
    // The polls may be a moment behind it.
    for (let i = 0; picture && picture.version > this.version && i < STALE_MS; i += RETRY_MS) {
      await pause(RETRY_MS);
    }
    const whole = this.kept === kept;
    this.kept = null;
    if (this.over || !picture || !whole || picture.version < since) return;
    if (picture.genesis !== null && picture.genesis !== this.genesis) return;
    // Edits are there that do not come: something on the way says that there are none.
    if (picture.version > this.version) return this.lose(CLOSE_ABNORMAL);
    const { width, height, palette } = info;
    const rgb = palette.map((colour) => colour.rgb);
    const board = new Board(info, rgb, new ArrayBuffer(4 * width * height));
    board.load(picture.indices);
    // Those too that the picture has: all of them in their order end the same.
    for (const { edits } of kept) board.apply(edits);
    this.events.message({ type: 'checksum', version: this.version, sum: board.sum() });
  }
}

function delayOf(headers: Headers): number {
  const ms = 1_000 * Number(headers.get('Retry-After'));
  const least = ms > RETRY_MS ? Math.min(ms, RETRY_MAX_MS) : RETRY_MS;
  return least * (1 + 0.5 * Math.random());
}
