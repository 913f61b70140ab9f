// SPDX-License-Identifier: ISC
// Whether we are connected and how many are here: the dot, the number, and the banner when not.

import type { State } from '../core/sync';

const CATCHING_MS = 1_000;
/** The server said that it ends the connection: it is mostly back before anybody need know. */
const TOLD_MS = 3_000;
const TOLD = [1011, 1012, 4001];

export interface StatusElements {
  readonly dot: HTMLElement;
  readonly people: HTMLElement;
  readonly banner: HTMLElement;
  readonly text: HTMLElement;
  readonly wait: HTMLElement;
}

export class Status {
  private state: State = { kind: 'starting' };
  private online = 0;
  /** When the connection was lost, or when catching up began. */
  private since = 0;
  private quietMs = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly elements: StatusElements) {}

  show(state: State, online: number): void {
    if (state.kind !== this.state.kind) {
      this.since = performance.now();
      this.quietMs = state.kind === 'lost' && TOLD.includes(state.code) ? TOLD_MS : 0;
    }
    this.state = state;
    this.online = online;
    this.draw();
  }

  private draw(): void {
    clearTimeout(this.timer);
    const { dot, people, banner, text, wait } = this.elements;
    const { state } = this;
    const lost = state.kind === 'lost' && this.lasted(this.quietMs);
    dot.dataset.state = state.kind === 'lost' && !lost ? 'catching' : state.kind;
    set(people, this.words(lost));
    banner.hidden = !lost;
    if (state.kind === 'lost') {
      set(text, lost ? 'Connection lost.' : '');
      const left = state.retryAt === null ? 0 : Math.ceil((state.retryAt - performance.now()) / 1000);
      set(wait, left > 0 ? `Trying again in ${left} s` : 'Trying again');
      this.later(lost ? 1_000 : this.quietMs);
    } else if (state.kind === 'catching') this.later(CATCHING_MS);
  }

  private words(lost: boolean): string {
    if (this.state.kind === 'starting') return 'Connecting';
    if (lost) return 'Offline';
    if (this.state.kind === 'catching' && this.lasted(CATCHING_MS)) return 'Catching up';
    return `${this.online.toLocaleString()} here`;
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
