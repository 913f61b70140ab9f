// SPDX-License-Identifier: ISC
// The event stream transport, for networks that refuse WebSockets: edits come from `/events`, own
// ones go by `POST /edit`, one at a time, and `/info` is polled for what a WebSocket's messages carry.

import { CLOSE_ABNORMAL, CLOSE_UNKNOWN } from '../core/backoff';
import { validEdits, type Edit, type Size } from '../core/edit';
import { parseInfo, type CanvasInfo } from '../core/info';
import { parseVersion } from '../core/picture';
import type { Transport, TransportEvents } from './transport';

const OPEN_MS = 15_000;
/** A stream is silent while nobody draws, so `/info` is polled to see that the server is there. */
const INFO_MS = 15_000;
const ANSWER_MS = 10_000;
const EDIT_MS = 15_000;
const CROWDED_MS = 1_000;
const CROWDED_TRIES = 6;
/** Refusals that the server answers with 503; anything else of 503 may be in the log. */
const UNAVAILABLE = ['readonly', 'busy', 'closed', 'failed'];

interface Job {
  readonly id: number;
  readonly edit: Edit;
}

export class EventStreamTransport implements Transport {
  readonly maxEdits = 1;
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private greeted = false;
  private over = false;
  private asking = false;
  private readonly = false;
  private readonly jobs: Job[] = [];
  private posting = false;

  /** `canvas` is where the paths of this canvas start, `base` where the plane's do. */
  constructor(
    private readonly base: URL,
    private readonly canvas: URL,
    private readonly at: CanvasInfo,
    private readonly size: Size,
    private readonly events: TransportEvents,
  ) {}

  open(from: number): void {
    const url = new URL('events', this.canvas);
    url.searchParams.set('from', String(from));
    const stream = new EventSource(url);
    this.stream = stream;
    // What comes before the answer of /info waits for it: the log's genesis has to be known first.
    const early: MessageEvent<string>[] = [];
    const take = (event: MessageEvent<string>) =>
      this.greeted ? this.receive(event) : void early.push(event);
    stream.addEventListener('message', take);
    stream.addEventListener('reset', take as (event: Event) => void);
    stream.onerror = () => this.lose(CLOSE_ABNORMAL);
    stream.onopen = () => void this.greet(from, early);
    this.timer = setTimeout(() => this.lose(CLOSE_ABNORMAL), OPEN_MS);
  }

  send(id: number, edits: readonly Edit[]): boolean {
    if (this.over || !this.greeted) return false;
    for (const edit of edits) this.jobs.push({ id, edit });
    void this.post();
    return true;
  }

  ask(answerMs: number): void {
    if (this.over || !this.greeted || this.asking) return;
    clearTimeout(this.timer);
    void this.inquire(answerMs);
  }

  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.stream?.close();
  }

  private async greet(from: number, early: MessageEvent<string>[]): Promise<void> {
    const info = await this.fetchInfo(ANSWER_MS);
    if (this.over) return;
    if (!info) return this.lose(CLOSE_ABNORMAL);
    const { genesis, readonly, online } = info;
    const open = info.canvases.some(({ x, y, open }) => x === this.at.x && y === this.at.y && open);
    this.greeted = true;
    this.readonly = readonly;
    this.events.message({ type: 'hello', version: from, genesis, open, readonly, online });
    for (const event of early) this.receive(event);
    this.watch();
  }

  private receive(event: MessageEvent<string>): void {
    if (this.over) return;
    const version = parseVersion(event.lastEventId);
    if (version === null) return this.lose(CLOSE_ABNORMAL);
    if (event.type === 'reset') return this.events.message({ type: 'reset', version });
    const edits = decodeBase64(event.data);
    if (!edits || !validEdits(edits, this.size)) return this.lose(CLOSE_ABNORMAL);
    this.events.frame({ version, edits });
  }

  private watch(): void {
    clearTimeout(this.timer);
    if (!this.over) this.timer = setTimeout(() => void this.inquire(ANSWER_MS), INFO_MS);
  }

  private async inquire(answerMs: number): Promise<void> {
    this.asking = true;
    const info = await this.fetchInfo(answerMs);
    this.asking = false;
    if (this.over) return;
    if (!info) return this.lose(CLOSE_ABNORMAL);
    this.events.message({ type: 'online', count: info.online });
    if (info.readonly !== this.readonly) {
      this.readonly = info.readonly;
      this.events.message({ type: 'notice', readonly: info.readonly });
    }
    this.watch();
  }

  private async fetchInfo(ms: number) {
    try {
      const url = new URL('info', this.base);
      const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(ms) });
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
    const url = new URL('edit', this.base);
    url.searchParams.set('x', String(this.at.x * this.size.width + edit.x));
    url.searchParams.set('y', String(this.at.y * this.size.height + edit.y));
    url.searchParams.set('c', String(edit.colour));
    let status = 0;
    let body: { version?: unknown; error?: unknown } = {};
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
      if (status !== 429) break;
      await new Promise((resolve) => setTimeout(resolve, CROWDED_MS));
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
    this.events.message({ type: 'refused', id, reason, retryMs: 0 });
  }

  private lose(code: number): void {
    if (this.over) return;
    this.close();
    this.events.lost(code);
  }
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
