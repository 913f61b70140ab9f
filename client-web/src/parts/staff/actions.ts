// SPDX-License-Identifier: ISC
// What the staff can do to the picture and to whoever paints it.

import { batch } from '@preact/signals';
import * as state from '../../app/state';
import type { Rect } from '../../core/edit';
import { overlap } from '../../core/plane';
import type { Fields, Plan } from '../../net/control';
import { t } from '../../texts';
import { Action } from './action';
import type { Desk, Outcome } from './desk';
import * as say from './numbers';
import { number } from './records';

/** Takes back what is meant, as a plan has shown it. */
export class RollBack extends Action {
  private made: Plan | null = null;

  constructor(
    desk: Desk,
    private readonly predicate = desk.predicate,
  ) {
    super(desk);
  }

  get title(): string {
    return t().staff.rollBackTitle;
  }

  get verb(): string {
    return this.made ? t().staff.rollBackVerb(say.pixels(this.made.pixels)) : t().staff.rollBack;
  }

  override look(): void {
    void this.plan(this.predicate).then((plan) => {
      if (!plan) return;
      this.made = plan;
      this.words.value = wordsOf(plan);
      this.stage.value = plan.pixels > 0 ? 'ready' : 'nothing';
    });
  }

  protected async run(): Promise<Outcome> {
    const { predicate, version, digest } = this.made!;
    const job = await this.desk.start('apply', this.why, { plan: { predicate, version, digest } });
    const { result } = await this.desk.follow(job, t().staff.workingDone);
    const { action } = result as { action: number };
    return { words: t().staff.rolledBack(action), action };
  }
}

/** Takes back what an action has done. */
export class Undo extends Action {
  constructor(
    desk: Desk,
    private readonly number: number,
  ) {
    super(desk);
  }

  get title(): string {
    return t().staff.undoTitle(this.number);
  }

  get verb(): string {
    return t().staff.undoVerb;
  }

  override look(): void {
    void this.plan(`a:${this.number}`).then((plan) => {
      if (!plan) return;
      this.words.value = wordsOf(plan);
      this.stage.value = plan.pixels > 0 ? 'ready' : 'nothing';
    });
  }

  protected async run(): Promise<Outcome> {
    const job = await this.desk.start('undo', this.why, { action: this.number });
    await this.desk.follow(job, t().staff.workingDone);
    return { words: t().staff.undone(this.number), action: null };
  }
}

export class Lock extends Action {
  override readonly asks = ['period', 'visitors'] as const;

  constructor(
    desk: Desk,
    private readonly area: Rect,
  ) {
    super(desk);
  }

  get title(): string {
    return t().staff.lockTitle;
  }

  get verb(): string {
    return t().staff.lockVerb;
  }

  override look(): void {
    const { area } = this;
    const { x0, y0, x1, y1 } = area;
    const meets = (state.info.value?.regions ?? [])
      .filter(({ x, y, w, h }) => overlap(area, { x0: x, y0: y, x1: x + w, y1: y + h }))
      .map(({ name }) => name);
    const words = [t().staff.lockWords(say.pixels((x1 - x0) * (y1 - y0)))];
    if (meets.length > 0) words.push(t().staff.lockMeets(meets.join(', ')));
    batch(() => {
      this.words.value = words.join(' ');
      this.desk.hatched.value = area;
      this.stage.value = 'ready';
    });
  }

  protected async run(): Promise<Outcome> {
    const { x0, y0, x1, y1 } = this.area;
    const name = `locked ${x0},${y0} ${x1 - x0}x${y1 - y0}`;
    const { until } = this;
    const words = this.answers.visitors.value.trim();
    await this.desk.control.post('region', this.why, {
      ...{ name, x: x0, y: y0, w: x1 - x0, h: y1 - y0, closed: true },
      ...(until !== null && { until }),
      ...(words && { words }),
    });
    return { words: t().staff.lockDone, action: null };
  }
}

/** So many who are banned are named; more are counted. */
const NAMED_MOST = 3;

/** Whom a ban is about: authors, or networks as "net:" and 16 digits. */
export interface Target {
  readonly who: string;
  readonly name: string;
}

export class Ban extends Action {
  override readonly asks = ['period', 'takeBack'] as const;

  constructor(
    desk: Desk,
    private readonly targets: readonly Target[],
  ) {
    super(desk);
  }

  get title(): string {
    const { targets } = this;
    return t().staff.banTitle(targets.length > NAMED_MOST ? this.count(targets.length) : targets.map(({ name }) => name).join(', '));
  }

  get verb(): string {
    return t().staff.banVerb;
  }

  override look(): void {
    const { predicate } = this;
    if (!predicate) {
      this.desk.clear();
      this.words.value = t().staff.banWords;
      this.stage.value = 'ready';
      return;
    }
    void this.plan(predicate).then((plan) => {
      if (!plan || predicate !== this.predicate) return;
      this.words.value = plan.pixels > 0 ? t().staff.banWhole(say.pixels(plan.pixels)) : t().staff.banNothing;
      this.stage.value = 'ready';
    });
  }

  /** So many authors, or so many networks. */
  private count(n: number): string {
    return this.networks ? say.networks(n) : say.people(n);
  }

  private get networks(): boolean {
    return this.targets.some(({ who }) => who.startsWith('net:'));
  }

  /** What is taken back; null: nothing. */
  private get predicate(): string | null {
    const time = this.answers.takeBack.value;
    if (!time) return null;
    const ids = this.targets.map(({ who }) => who.replace(/^net:/, ''));
    const kind = this.networks ? 'net' : 'u';
    return `${kind}:${ids.join(',')} t:${time}`;
  }

  protected async run(): Promise<Outcome> {
    const { desk, targets, predicate, until } = this;
    let done = 0;
    for (const { who } of targets) {
      const seconds = until === null ? {} : { for: Math.max(1, Math.round((until - Date.now()) / 1_000)) };
      try {
        await desk.control.post('ban', this.why, { who, ...seconds });
      } catch (error) {
        if (done > 0) this.words.value = t().staff.banDonePart(say.number(done), this.count(targets.length));
        throw error;
      }
      done++;
    }
    const words = t().staff.banDone(this.count(done));
    if (!predicate) return { words, action: null };
    // Now that they are banned, nothing of theirs is what comes back.
    const job = await desk.start('rollback', this.why, { predicate });
    const { result } = await desk.follow(job, t().staff.workingDone);
    const action = number((result as Fields | null)?.action) || null;
    return { words, action };
  }
}

function wordsOf(plan: Plan): string {
  if (plan.pixels === 0) return t().staff.nothing;
  const words = [t().staff.planWords(say.edits(plan.edits), say.pixels(plan.pixels))];
  if (plan.bystanders) words.push(t().staff.bystanders(say.pixels(plan.bystanders)));
  return words.join(' ');
}
