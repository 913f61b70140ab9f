// SPDX-License-Identifier: ISC
// The part of the page that says who placed a pixel: it asks, and shows the card. In the past it says
// what the pixel was at that moment, and leads to the others.

import '../../texts/enparts';
import { effect, signal, untracked } from '@preact/signals';
import { render } from 'preact';
import { clearOf } from '../../app/covers';
import * as state from '../../app/state';
import type { Cell, Rect, Size } from '../../core/edit';
import type { Colour } from '../../core/info';
import type { Change } from '../../core/pixel';
import { agoWords } from '../../texts/time';
import { fetchPixel, report, type Reason, type Reported } from '../../net/pixel';
import { colourName, locale, t } from '../../texts';
import { Card, type Shown } from './card';
import { placeCard } from './place';
import './who.css';
import '../../texts/enparts';

/** The moment that is shown instead of the present. */
export interface Moment {
  readonly version: number;
  colourAt(cell: Cell): number | null;
}

export interface WhoHost {
  readonly base: URL;
  readonly main: HTMLElement;
  /** The colour that a cell has at present, own pixels included. */
  colourAt(cell: Cell): number | null;
  /** Null: the present is shown. */
  moment(): Moment | null;
  /** Where a cell is on the screen. */
  screenOf(cell: Cell): Rect;
  /** What of the window is clear of the other surfaces. */
  room(): Rect & Size;
  /** The card is there, or has another size. */
  resized(): void;
  copyLink(cell: Cell): void;
  /** Shows the plane at this version, and this cell in it. */
  rewind(version: number): void;
  announce(words: string): void;
  /** What holds for a cell, in words. */
  rules(cell: Cell): readonly string[];
  /** The card is about this cell now; null: it was closed. */
  turned(cell: Cell | null): void;
}

/** While one walks, only where one rests is asked for. */
const REST_MS = 120;
const REFRESH_MS = 30_000;
/** The answer may be that old. */
const FRESH_MS = 1_100;

export class Who {
  private readonly shown = signal<Shown | null>(null);
  private readonly root = document.createElement('div');
  private colour: number | null = null;
  private control = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private before: Element | null = null;

  constructor(private readonly host: WhoHost) {
    this.root.id = 'card-root';
    host.main.querySelector('#marks')!.after(this.root);
    effect(() => {
      state.inPast.value;
      untracked(() => this.boardChanged());
    });
  }

  get open(): boolean {
    return this.shown.peek() !== null;
  }

  get cell(): Cell | null {
    return this.shown.peek()?.cell ?? null;
  }

  show(cell: Cell): void {
    const first = !this.open;
    if (first) this.before = document.activeElement;
    this.colour = this.colourNow(cell);
    this.shown.value = {
      cell,
      colour: this.colourOf(this.colour),
      changes: 'asked',
      answer: null,
      version: this.host.moment()?.version ?? null,
      rules: this.host.rules(cell),
    };
    if (first) this.draw();
    this.moved();
    this.host.turned(cell);
    this.askIn(REST_MS);
  }

  close(): void {
    if (!this.open) return;
    const inside = this.root.contains(document.activeElement);
    this.shown.value = null;
    clearTimeout(this.timer);
    this.control.abort();
    render(null, this.root);
    if (inside && this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
    this.host.turned(null);
  }

  /** The view changed: the card stays beside its cell. */
  moved(): void {
    const { cell } = this;
    const card = this.root.firstElementChild;
    if (cell && card instanceof HTMLElement) {
      placeCard(card, this.host.screenOf(cell), clearOf(this.host.room()), state.inPast.peek());
    }
  }

  /** Somebody painted, perhaps here; or another moment is shown. */
  boardChanged(): void {
    const { cell } = this;
    if (!cell) return;
    const colour = this.colourNow(cell);
    const version = this.host.moment()?.version ?? null;
    const now = this.shown.peek()!;
    // The timeline may be there now, or higher than before.
    this.moved();
    if (colour === this.colour && version === now.version) return;
    if (version === null && colour !== this.colour) this.askIn(FRESH_MS);
    this.colour = colour;
    this.shown.value = { ...now, colour: this.colourOf(colour), version };
  }

  private draw(): void {
    render(
      <Card
        shown={this.shown}
        colourOf={(colour) => this.colourOf(colour)}
        copy={() => this.cell && this.host.copyLink(this.cell)}
        report={(reason) => void this.report(reason)}
        rewind={(version) => this.host.rewind(version)}
        close={() => this.close()}
        resized={() => {
          this.moved();
          this.host.resized();
        }}
      />,
      this.root,
    );
  }

  private colourNow(cell: Cell): number | null {
    const moment = this.host.moment();
    return moment ? moment.colourAt(cell) : this.host.colourAt(cell);
  }

  private colourOf(colour: number | null): Colour | null {
    return (colour !== null && state.info.peek()!.palette[colour]) || null;
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
    this.shown.value = { ...this.shown.peek()!, changes: pixel?.changes ?? 'not known', rules: host.rules(cell) };
    host.announce(this.words(cell, pixel?.changes ?? null));
    this.askIn(REFRESH_MS);
  }

  private words({ x, y }: Cell, changes: readonly Change[] | null): string {
    const { who } = t();
    const [last] = changes ?? [];
    if (!last) return changes ? who.saysNobody(x, y) : who.saysUnknown(x, y);
    const when = last.time === null ? '' : agoWords(last.time, Date.now(), locale());
    const colour = this.colourOf(last.colour);
    const name = colour ? colourName(colour.name) : who.aColour;
    return who.says(x, y, name, last.name || who.somebody, when);
  }

  private async report(reason: Reason): Promise<void> {
    const { cell } = this;
    if (!cell) return;
    const tell = (answer: Reported | 'sending') => {
      const now = this.shown.peek();
      if (now?.cell === cell) this.shown.value = { ...now, answer };
    };
    tell('sending');
    tell(await report(this.host.base, { x0: cell.x, y0: cell.y, x1: cell.x + 1, y1: cell.y + 1 }, reason));
  }
}
