// SPDX-License-Identifier: ISC
// What the transports without a WebSocket have in common: own edits go by `POST /edit`, one at a time,
// and `/info` is polled for what a WebSocket's messages carry.

import { CLOSE_ABNORMAL, CLOSE_UNKNOWN } from '../core/backoff';
import type { Edit } from '../core/edit';
import { parseInfo, type CanvasInfo, type Info } from '../core/info';
import { refusalOf } from '../core/protocol';
import type { Kind, Target, Transport, TransportEvents } from './transport';

/** For the first answer. */
export const ANSWER_MS = 10_000;
const EDIT_MS = 15_000;
/** What the server is known to have comes within this time, or not at all. */
const LATE_MS = 8_000;
const CROWDED_MS = 1_000;
const CROWDED_TRIES = 6;
/** Refusals that the server itself answers with 429, and that no second attempt at once helps. */
const LIMITS = ['energy', 'network', 'rate'];
/** Refusals that the server answers with 503; anything else of 503 may be in the log. */
const UNAVAILABLE = ['readonly', 'busy', 'closed', 'failed'];

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Job {
  readonly id: number;
  readonly edit: Edit;
}

export abstract class HttpTransport implements Transport {
  abstract readonly kind: Kind;
  readonly maxEdits = 1;
  protected greeted = false;
  protected over = false;
  protected timer: ReturnType<typeof setTimeout> | undefined;
  /** All edits up to this version have come. */
  protected version = 0;
  private lateTimer: ReturnType<typeof setTimeout> | undefined;
  /** The edits' own connection is silent while nobody draws: how often `/info` is asked whether the
   * server is there. */
  protected abstract readonly infoMs: number;
  private asking = false;
  private readonly = false;
  private rules = 0;
  private readonly jobs: Job[] = [];
  private posting = false;

  constructor(
    protected readonly target: Target,
    protected readonly events: TransportEvents,
  ) {}

  abstract open(from: number, companion?: boolean): void;
  /** Ends the connection that edits come by. */
  protected abstract hangUp(): void;
  /** `/info` has answered, for the first time or again. */
  protected informed(_info: Info): void {}

  send(id: number, edits: readonly Edit[]): boolean {
    if (this.over || !this.greeted) return false;
    for (const edit of edits) this.jobs.push({ id, edit });
    void this.post();
    return true;
  }

  ask(answerMs: number): void {
    if (this.over || !this.greeted || this.asking) return;
    clearTimeout(this.timer);
    // What is the same for everybody will do: a cache may answer, however many ask.
    void this.inquire('plane', answerMs);
  }

  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.lateTimer);
    this.hangUp();
  }

  /** Says hello by what `/info` answers; false when it is over. `begin` is the version to continue
   * from, null where that is not possible. */
  protected async greet(begin: (info: Info) => number | null): Promise<boolean> {
    const info = await this.fetchInfo('info', ANSWER_MS);
    if (this.over) return false;
    const version = info && begin(info);
    if (version === null) {
      this.lose(CLOSE_ABNORMAL);
      return false;
    }
    const { genesis, readonly, online, energy } = info!;
    this.greeted = true;
    this.readonly = readonly;
    this.rules = info!.rules;
    const open = this.own(info!)?.open ?? false;
    this.events.message({ type: 'hello', version, genesis, open, readonly, online, energy });
    this.watch();
    return true;
  }

  protected own(info: Info): CanvasInfo | undefined {
    const { at } = this.target;
    return info.canvases.find(({ x, y }) => x === at.x && y === at.y);
  }

  /** The connection that edits come by may be dead though the server answers. */
  protected expect(version: number): void {
    if (version <= this.version) return;
    this.lateTimer ??= setTimeout(() => {
      this.lateTimer = undefined;
      if (this.version < version) this.lose(CLOSE_ABNORMAL);
    }, LATE_MS);
  }

  protected lose(code: number): void {
    if (this.over) return;
    this.close();
    this.events.lost(code);
  }

  private watch(): void {
    clearTimeout(this.timer);
    if (!this.over) this.timer = setTimeout(() => void this.inquire('info', ANSWER_MS), this.infoMs);
  }

  private async inquire(name: 'info' | 'plane', answerMs: number): Promise<void> {
    this.asking = true;
    const info = await this.fetchInfo(name, answerMs);
    this.asking = false;
    if (this.over) return;
    if (!info) return this.lose(CLOSE_ABNORMAL);
    this.events.message({ type: 'online', count: info.online });
    if (info.readonly !== this.readonly) {
      this.readonly = info.readonly;
      this.events.message({ type: 'notice', readonly: info.readonly });
    }
    if (info.energy) this.events.message({ type: 'energy', energy: info.energy });
    if (info.rules !== this.rules) {
      this.rules = info.rules;
      const open = this.own(info)?.open ?? false;
      this.events.message({ type: 'rules', serial: info.rules, open });
    }
    this.informed(info);
    this.watch();
  }

  private async fetchInfo(name: 'info' | 'plane', ms: number): Promise<Info | null> {
    try {
      const url = new URL(name, this.target.base);
      const cache = name === 'info' ? 'no-store' : 'no-cache';
      const answer = await fetch(url, { cache, signal: AbortSignal.timeout(ms) });
      return answer.ok ? parseInfo(await answer.json()) : null;
    } catch {
      return null;
    }
  }

  /** Sends what waits, one after the other: `placed` speaks for all messages before it too. */
  private async post(): Promise<void> {
    if (this.posting) return;
    this.posting = true;
    for (let job = this.jobs.shift(); job && !this.over; job = this.jobs.shift()) {
      await this.postOne(job);
    }
    this.posting = false;
  }

  private async postOne({ id, edit }: Job): Promise<void> {
    const { base, at, info } = this.target;
    const url = new URL('edit', base);
    url.searchParams.set('x', String(at.x * info.width + edit.x));
    url.searchParams.set('y', String(at.y * info.height + edit.y));
    url.searchParams.set('c', String(edit.colour));
    let status = 0;
    let body: Record<string, unknown> = {};
    for (let i = 0; i < CROWDED_TRIES && !this.over; i++) {
      try {
        const signal = AbortSignal.timeout(EDIT_MS);
        const answer = await fetch(url, { method: 'POST', cache: 'no-store', signal });
        status = answer.status;
        body = await answer.json().catch(() => ({}));
      } catch {
        status = 0;
      }
      // A proxy's limit of requests a second: this one never reached the server.
      if (status !== 429 || LIMITS.includes(String(body.error))) break;
      await pause(CROWDED_MS);
    }
    if (this.over) return;
    const { version, error } = body;
    if (status === 200 && Number.isSafeInteger(version)) {
      this.events.message({ type: 'placed', id, version: version as number });
      return;
    }
    const reason = typeof error === 'string' ? error : 'failed';
    const refused = status >= 400 && status < 500;
    if (!refused && !(status === 503 && UNAVAILABLE.includes(reason))) {
      return this.lose(CLOSE_UNKNOWN);
    }
    this.events.message({ type: 'refused', id, ...refusalOf(reason, body) });
  }
}
