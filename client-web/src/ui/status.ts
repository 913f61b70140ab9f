// SPDX-License-Identifier: ISC
// Whether we are connected and how many are here: the dot, the number, and the banner when not.

import type { State } from '../core/sync';
import type { Trouble } from '../core/trouble';

const CATCHING_MS = 1_000;
/** A connection that is back within this time is not reported as lost. */
const LOST_MS = 1_000;
/** The same when the server announced the end by its close code: it is mostly back at once. */
const ANNOUNCED_MS = 3_000;
const ANNOUNCED = [1011, 1012, 4001];

const WORDS: Record<Trouble, string> = {
  unreachable: '',
  full: 'The server is full just now: a place may become free at any moment.',
  origin: `Pages of ${location.host} may not draw here: the server's operator has to allow that.`,
  picture:
    'The picture cannot be read: something on the way changes it. Reload the page, or try another network.',
};

export interface StatusElements {
  readonly dot: HTMLElement;
  readonly people: HTMLElement;
  readonly banner: HTMLElement;
  readonly text: HTMLElement;
  readonly wait: HTMLElement;
}

/** What there is to say. */
export interface Connection {
  readonly state: State;
  readonly trouble: Trouble;
  readonly online: number;
  /** By event stream, because something on the way refuses WebSockets. */
  readonly slower: boolean;
}

export class Status {
  private now: Connection = {
    state: { kind: 'starting' },
    trouble: 'unreachable',
    online: 0,
    slower: false,
  };
  /** When the connection was lost, or when catching up began. */
  private since = 0;
  private quietMs = 0;
  private everLive = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly elements: StatusElements) {}

  show(now: Connection): void {
    const { state } = now;
    if (state.kind !== this.now.state.kind) {
      this.since = performance.now();
      this.quietMs = state.kind === 'lost' && ANNOUNCED.includes(state.code) ? ANNOUNCED_MS : LOST_MS;
    }
    this.now = now;
    this.everLive ||= state.kind === 'live';
    this.draw();
  }

  private draw(): void {
    clearTimeout(this.timer);
    const { dot, people, banner, text, wait } = this.elements;
    const { state, trouble, slower } = this.now;
    const lost = state.kind === 'lost' && this.lasted(this.quietMs);
    dot.dataset.state = state.kind === 'lost' && !lost ? 'catching' : state.kind;
    dot.toggleAttribute('data-slower', slower);
    set(people, this.words(lost));
    banner.hidden = !lost;
    if (state.kind === 'lost') {
      const lostWords = this.everLive ? 'Connection lost.' : "Can't reach the canvas yet.";
      set(text, lost ? WORDS[trouble] || lostWords : '');
      const left = state.retryAt === null ? 0 : Math.ceil((state.retryAt - performance.now()) / 1000);
      set(wait, left > 0 ? `Trying again in ${left} s` : 'Trying again');
      this.later(lost ? 1_000 : this.quietMs);
      return;
    }
    set(text, '');
    set(wait, '');
    if (state.kind === 'catching') this.later(CATCHING_MS);
  }

  private words(lost: boolean): string {
    const { state, online, slower } = this.now;
    if (state.kind === 'starting') return 'Connecting';
    if (lost) return 'Offline';
    if (state.kind === 'catching' && this.lasted(CATCHING_MS)) return 'Catching up';
    return slower ? 'Live, slower' : `${online.toLocaleString()} here`;
  }

  private lasted(ms: number): boolean {
    return performance.now() - this.since >= ms;
  }

  /** Draws again within this time, as long as there is something to count. */
  private later(ms: number): void {
    this.timer = setTimeout(() => this.draw(), ms);
  }
}

/** Leaves the text alone when it is the same, so that it is not read out again. */
function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
