// SPDX-License-Identifier: ISC
// The part of the page that knows the rules among people: what can be paid for, where and in which
// colours one may draw, and why something was refused. It is loaded where there are rules, else with the
// first own pixel.

import { effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { plane } from '../../app/live';
import { aimed, judgeAnew, type Label, type Umpire } from '../../app/placing';
import * as state from '../../app/state';
import { hint } from '../../app/statusline';
import type { Cell, Edit } from '../../core/edit';
import { available, charges, costOf, reach, spend, waitFor, type Item } from '../../core/energy';
import { energyShown, PLAIN } from '../../core/energybar';
import type { Refusal } from '../../core/protocol';
import { ruleAt, type Rule } from '../../core/regions';
import { nextPixels, refusalWords } from '../../texts/refusals';
import { colourName, locale, t } from '../../texts';
import { amount } from '../../texts/locale';
import { energy, EnergyBar, timeOf } from './energybar';
import { arm, follow, watchFull } from './full';
import './people.css';

const TITLE = document.title;

export class People implements Umpire {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    render(<EnergyBar />, document.getElementById('energy-here')!);
    watchFull();
    effect(() => {
      state.account.value;
      state.info.value;
      untracked(() => {
        follow();
        this.judge();
      });
    });
    document.addEventListener('visibilitychange', () => this.draw());
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
    this.pay(edits, 1);
    arm();
  }

  /** The server has not taken them: they cost nothing. What it says of the energy itself comes with it. */
  refused(edits: readonly Edit[], refusal: Refusal): void {
    if (refusal.reason !== 'energy') this.pay(edits, -1);
    if (refusal.reason === 'identity' && plane.identity.coming) return hint.refuse(t().refusal.renewed);
    const names = [...new Set(edits.map(({ colour }) => this.nameOf(colour)))];
    const wordsOf = (retryMs: number) =>
      refusalWords({ ...refusal, retryMs }, edits.length, names, Date.now(), locale());
    if (refusal.retryMs === 0) return hint.refuse(wordsOf(0));
    const end = performance.now() + refusal.retryMs;
    hint.refuse(() => {
      const left = end - performance.now();
      return left > 0 ? wordsOf(left) : t().energy.ready;
    });
  }

  /** Whether nothing of this colour can be placed on the cell, whoever pays. */
  isClosed(cell: Cell, colour: number | null): boolean {
    const { closed, colourless } = this.rule(cell, colour);
    return plane.info!.frozen || closed !== null || colourless !== null;
  }

  objection(edits: readonly Edit[]): (() => string) | null {
    const { frozen } = plane.info!;
    const now = Date.now();
    const because = (reason: string, colour: number, until: number | null, words: string) => {
      const refusal = { reason, retryMs: 0, until, words };
      const sentence = refusalWords(refusal, 1, [this.nameOf(colour)], now, locale());
      return () => sentence;
    };
    for (const edit of edits) {
      if (frozen) return because('frozen', edit.colour, null, '');
      const { closed, colourless } = this.rule(edit, edit.colour);
      if (closed) return because('area', edit.colour, closed.until, closed.words);
      if (colourless) return because('colour', edit.colour, colourless.until, colourless.words);
    }
    if (this.lack(edits) === null) return null;
    return () => this.lack(edits) ?? t().energy.ready;
  }

  price(edits: readonly Edit[]): string {
    const { account } = plane;
    if (!account) return amount(edits.length);
    const { now: have } = charges(account, PLAIN, performance.now());
    if (have === Infinity) return amount(edits.length);
    return t().energy.cost(edits.length, Math.max(have, edits.length));
  }

  reach(edits: readonly Edit[]): number {
    const { account } = plane;
    return account ? reach(account, this.items(edits), performance.now()) : edits.length;
  }

  label(edit: Edit): Label {
    const { account } = plane;
    const words = t().energy;
    if (this.isClosed(edit, edit.colour)) return { text: words.notHere, ready: true };
    if (!account) return { text: words.place, ready: true };
    const now = performance.now();
    const [item] = this.items([edit]);
    const wait = waitFor(account, [item!], now);
    if (wait > 0) return { text: wait === Infinity ? words.place : nextPixels(1, wait), ready: false };
    const { now: have, most } = charges(account, item!, now);
    return { text: most > 1 && most < Infinity ? words.placeOf(have) : words.place, ready: true };
  }

  /** Why these cannot be paid for now; null: they can. */
  private lack(edits: readonly Edit[]): string | null {
    const { account } = plane;
    if (!account) return null;
    const wait = waitFor(account, this.items(edits), performance.now());
    if (wait === 0) return null;
    return wait === Infinity ? t().refusal.tooMuch : nextPixels(edits.length, wait);
  }

  private pay(edits: readonly Edit[], times: 1 | -1): void {
    const { account } = plane;
    if (!account) return;
    const now = performance.now();
    const cost = costOf(account.limits, this.items(edits), available(account, now));
    plane.account = spend(account, times * cost, now);
    state.account.value = plane.account;
  }

  private rule(cell: Cell, colour: number | null): Rule {
    return ruleAt(plane.info!.regions, cell, colour, Date.now());
  }

  private items(edits: readonly Edit[]): Item[] {
    return edits.map((edit) => ({
      blank: plane.boardAt(edit) === 0,
      factor: this.rule(edit, edit.colour).factor,
    }));
  }

  private nameOf(colour: number): string {
    const named = plane.info!.palette[colour];
    return named ? colourName(named.name) : t().where.colour(colour);
  }

  /** Draws what there is, and again when that is another number: once a second at most, and not at all
   * when it is full. In a hidden tab only its title is seen. */
  private draw(): void {
    clearTimeout(this.timer);
    const { account } = plane;
    const now = account && energyShown(account, this.items(aimed()), performance.now());
    const time = now ? timeOf(now) : '';
    const title = time ? t().energy.title(time, TITLE) : TITLE;
    if (document.title !== title) document.title = title;
    if (!document.hidden && !same(now, energy.peek())) energy.value = now;
    if (now && now.again < Infinity) this.timer = setTimeout(() => this.judge(), now.again + 5);
  }
}

/** Nothing of it would be drawn differently: then nothing is. */
function same(a: typeof energy.value, b: typeof energy.value): boolean {
  if (!a || !b) return a === b;
  const { share, cost, pixels, most } = a;
  return (
    share === b.share &&
    cost === b.cost &&
    pixels === b.pixels &&
    most === b.most &&
    timeOf(a) === timeOf(b) &&
    a.notches.join() === b.notches.join()
  );
}
