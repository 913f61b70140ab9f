// SPDX-License-Identifier: ISC
// The part of the page that says who placed a pixel: the card, and what it shows. It is loaded when it
// is first asked for.

import './ui/who.css';
import type { Cell, Rect, Size } from './core/edit';
import { agoWords } from './core/time';
import type { Plane } from './net/plane';
import { fetchPixel, report, type Reason } from './net/pixel';
import { Card } from './ui/card';

export interface WhoHost {
  readonly base: URL;
  readonly plane: Plane;
  readonly main: HTMLElement;
  /** Where a cell is on the screen. */
  screenOf(cell: Cell): Rect;
  /** What of the window is clear of the other surfaces. */
  room(): Rect & Size;
  copyLink(cell: Cell): void;
  announce(words: string): void;
  closed(): void;
}

/** While one walks, only where one rests is asked for. */
const REST_MS = 120;
const REFRESH_MS = 30_000;
/** The answer may be that old. */
const FRESH_MS = 1_100;

export class Who {
  private readonly card: Card;
  private cell: Cell | null = null;
  private colour: number | null = null;
  private control = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: WhoHost) {
    this.card = new Card(host.main, {
      copy: () => this.cell && host.copyLink(this.cell),
      report: (reason) => void this.report(reason),
      close: () => this.close(),
    });
  }

  get open(): boolean {
    return this.cell !== null;
  }

  show(cell: Cell): void {
    const { plane } = this.host;
    this.cell = cell;
    this.colour = plane.colourAt(cell);
    this.card.show(cell, this.colourOf(this.colour), plane.info!.identity.report);
    this.moved();
    this.askIn(REST_MS);
  }

  close(): void {
    if (!this.cell) return;
    this.cell = null;
    clearTimeout(this.timer);
    this.control.abort();
    this.card.hide();
    this.host.closed();
  }

  /** The view changed: the card stays beside its cell. */
  moved(): void {
    if (this.cell) this.card.place(this.host.screenOf(this.cell), this.host.room());
  }

  /** Somebody painted; perhaps here. */
  boardChanged(): void {
    if (!this.cell) return;
    const colour = this.host.plane.colourAt(this.cell);
    if (colour === this.colour) return;
    this.colour = colour;
    this.card.colour(this.colourOf(colour));
    this.askIn(FRESH_MS);
  }

  private colourOf(colour: number | null) {
    return (colour !== null && this.host.plane.info!.palette[colour]) || null;
  }

  private askIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), ms);
  }

  private async ask(): Promise<void> {
    const { cell, host } = this;
    if (!cell) return;
    this.control.abort();
    const control = (this.control = new AbortController());
    const pixel = await fetchPixel(host.base, cell, control.signal).catch(() => null);
    if (control.signal.aborted) return;
    const now = Date.now();
    const changes = (pixel?.changes ?? []).map(({ time, colour, name }) => ({
      colour: this.colourOf(colour),
      name: name || 'somebody',
      when: time === null ? '' : agoWords(time, now),
    }));
    this.card.changes(pixel && changes);
    this.moved();
    const [last] = changes;
    host.announce(
      last
        ? `x ${cell.x}, y ${cell.y}, ${last.colour?.name ?? ''}, by ${last.name}, ${last.when}`
        : `x ${cell.x}, y ${cell.y}: ${pixel ? 'nobody has painted here' : 'not known'}`,
    );
    this.askIn(REFRESH_MS);
  }

  private async report(reason: Reason): Promise<void> {
    const { cell } = this;
    if (!cell) return;
    const area = { x0: cell.x, y0: cell.y, x1: cell.x + 1, y1: cell.y + 1 };
    const answer = await report(this.host.base, area, reason);
    if (this.cell === cell) this.card.reported(answer);
  }
}
