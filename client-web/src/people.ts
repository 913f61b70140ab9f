// SPDX-License-Identifier: ISC
// The part of the page that knows the rules among people: what can be paid for, where and in which
// colours one may draw, why something was refused, and how to take back what one has just placed. It is
// loaded where there are rules, else with the first own pixel.

import './ui/people.css';
import { effect, untracked } from '@preact/signals';
import type { Cell, Edit } from './core/edit';
import { available, charges, costOf, reach, spend, waitFor, type Item } from './core/energy';
import type { Refusal } from './core/protocol';
import { ruleAt, type Rule } from './core/regions';
import { countdown } from './core/time';
import { nextPixels, refusalWords } from './core/words';
import { plane } from './app/live';
import { aimed, judgeAnew, type Label, type Umpire } from './app/placing';
import * as state from './app/state';
import { hint } from './app/statusline';
import { locale, t } from './texts';
import { EnergyBar } from './ui/energybar';
import './texts/enparts';

const TITLE = document.title;
/** What a pixel costs as a rule. */
const PLAIN: Item = { blank: false, factor: 1 };

export class People implements Umpire {
  private readonly bar: EnergyBar;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.bar = new EnergyBar(document.getElementById('energy-here')!);
    effect(() => {
      state.account.value;
      state.info.value;
      untracked(() => this.judge());
    });
  }

  /** What the rules say may have changed, be it only with time. */
  private judge(): void {
    judgeAnew();
    this.draw();
  }

  /** The pointer, the reticle, the line or the colour changed. */
  aim(): void {
    this.draw();
  }

  /** These own pixels were sent. */
  placed(edits: readonly Edit[]): void {
    const { account } = plane;
    if (account) {
      const now = performance.now();
      const items = this.items(edits);
      plane.account = spend(account, costOf(account.limits, items, available(account, now)), now);
      state.account.value = plane.account;
    }
  }

  /** The server has not taken them: they cost nothing. */
  refused(edits: readonly Edit[], refusal: Refusal): void {
    const { account } = plane;
    if (account && refusal.reason !== 'energy') {
      const now = performance.now();
      const cost = costOf(account.limits, this.items(edits), available(account, now));
      plane.account = spend(account, -cost, now);
      state.account.value = plane.account;
    }
    if (refusal.reason === 'identity' && plane.identity.coming) return hint.refuse(t().refusal.renewed);
    const names = [...new Set(edits.map(({ colour }) => this.nameOf(colour)))];
    hint.refuse(refusalWords(refusal, edits.length, names, Date.now(), locale()));
  }

  /** Whether nothing of this colour can be placed on the cell, whoever pays. */
  isClosed(cell: Cell, colour: number | null): boolean {
    const { closed, colourless } = this.rule(cell, colour);
    return plane.info!.frozen || closed !== null || colourless !== null;
  }

  objection(edits: readonly Edit[]): (() => string) | null {
    const { info } = plane;
    const now = Date.now();
    const because = (reason: string, colour: number, until: number | null, words: string) => {
      const sentence = refusalWords({ reason, retryMs: 0, until, words }, 1, [this.nameOf(colour)], now, locale());
      return () => sentence;
    };
    for (const edit of edits) {
      if (info!.frozen) return because('frozen', edit.colour, null, '');
      const { closed, colourless } = this.rule(edit, edit.colour);
      if (closed) return because('area', edit.colour, closed.until, closed.words);
      if (colourless) return because('colour', edit.colour, colourless.until, colourless.words);
    }
    if (this.lack(edits) === null) return null;
    return () => this.lack(edits) ?? t().energy.ready;
  }

  price(edits: readonly Edit[]): string {
    const { account } = plane;
    const n = edits.length.toLocaleString();
    if (!account) return n;
    const { now: have } = charges(account, PLAIN, performance.now());
    return have < Infinity ? `${n} of ${Math.max(have, edits.length).toLocaleString()}` : n;
  }

  reach(edits: readonly Edit[]): number {
    const { account } = plane;
    return account ? reach(account, this.items(edits), performance.now()) : edits.length;
  }

  label(edit: Edit): Label {
    const { account } = plane;
    if (!account) return { text: 'Place', ready: true };
    const now = performance.now();
    const items = this.items([edit]);
    const wait = waitFor(account, items, now);
    if (wait > 0) return { text: wait === Infinity ? 'Place' : nextPixels(1, wait), ready: false };
    const { now: have, most } = items.length === 0 ? { now: 0, most: 0 } : charges(account, items[0]!, now);
    return { text: most > 1 && most < Infinity ? `Place · 1 of ${have}` : 'Place', ready: true };
  }

  /** Why these cannot be paid for now; null: they can. */
  private lack(edits: readonly Edit[]): string | null {
    const { account } = plane;
    if (!account) return null;
    const wait = waitFor(account, this.items(edits), performance.now());
    if (wait === 0) return null;
    return wait === Infinity ? t().refusal.tooMuch : nextPixels(edits.length, wait);
  }

  private rule(cell: Cell, colour: number | null): Rule {
    return ruleAt(plane.info!.regions, cell, colour, Date.now());
  }

  private item(edit: Edit, before: number | null): Item {
    return { blank: before === 0, factor: this.rule(edit, edit.colour).factor };
  }

  private items(edits: readonly Edit[]): Item[] {
    return edits.map((edit) => this.item(edit, plane.boardAt(edit)));
  }

  private nameOf(colour: number): string {
    return plane.info!.palette[colour]?.name ?? `colour ${colour}`;
  }

  /** Draws what there is, and again when that is another number: once a second at most, and not at all
   * when it is full. */
  private draw(): void {
    clearTimeout(this.timer);
    const { account } = plane;
    if (!account) return this.bar.hide();
    const now = performance.now();
    const items = this.items(aimed());
    const cost = waitFor(account, items, now) === 0 ? costOf(account.limits, items, available(account, now)) : 0;
    this.bar.show(account, now, cost);
    const wait = waitFor(account, items.length > 0 ? items.slice(0, 1) : [PLAIN], now);
    const time = wait > 0 && wait < Infinity ? countdown(wait) : '';
    this.bar.count(time);
    const title = time ? `${time} · ${TITLE}` : TITLE;
    if (document.title !== title) document.title = title;
    hint.refresh();
    if (this.bar.full) return;
    const next = wait > 0 && wait < Infinity ? wait % 1_000 || 1_000 : 1_000;
    this.timer = setTimeout(() => this.judge(), next + 5);
  }
}
