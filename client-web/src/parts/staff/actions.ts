// SPDX-License-Identifier: ISC
// What the staff can do. Every action first looks at what it would change and shows it over the picture,
// then asks for a reason; what was typed stays where it fails.

import { batch, signal, type Signal } from '@preact/signals';
import * as state from '../../app/state';
import type { Rect } from '../../core/edit';
import { overlap } from '../../core/plane';
import type { Fields, Plan } from '../../net/control';
import { t } from '../../texts';
import type { Desk, Outcome } from './desk';
import * as say from './numbers';
import { number, text } from './records';

/** What an action asks for besides the reason. */
export type Ask = 'period' | 'visitors' | 'takeBack' | 'slow' | 'name' | 'closed' | 'factor' | 'colours';
/** Nothing: there is nothing to do. */
export type Stage = 'looking' | 'ready' | 'nothing' | 'failed' | 'working';

/** Values of the choice of a period besides numbers of seconds. */
export const FOR_GOOD = 'ever';
export const UNTIL = 'until';
const DAY = '86400';

/** What was typed, kept as it was typed. */
export interface Answers {
  readonly why: Signal<string>;
  /** Seconds, or one of the two above. */
  readonly period: Signal<string>;
  /** As <input type=datetime-local> has it. */
  readonly moment: Signal<string>;
  readonly visitors: Signal<string>;
  /** '' for no, else as in a predicate. */
  readonly takeBack: Signal<string>;
  readonly slow: Signal<string>;
  readonly name: Signal<string>;
  readonly closed: Signal<boolean>;
  readonly factor: Signal<string>;
  /** Null: all. */
  readonly colours: Signal<readonly number[] | null>;
}

export abstract class Action {
  readonly stage = signal<Stage>('looking');
  /** What would change, in a sentence. */
  readonly words = signal('');
  readonly trouble = signal('');
  readonly answers: Answers = {
    why: signal(''),
    period: signal(DAY),
    moment: signal(''),
    visitors: signal(''),
    takeBack: signal(''),
    slow: signal(''),
    name: signal(''),
    closed: signal(false),
    factor: signal('1'),
    colours: signal(null),
  };
  readonly asks: readonly Ask[] = [];
  private left = false;

  constructor(protected readonly desk: Desk) {}

  abstract get title(): string;
  abstract get verb(): string;
  /** Does it; what the server answers when it could not is thrown. */
  protected abstract run(): Promise<Outcome>;

  /** Looks at what it would change. */
  look(): void {
    this.stage.value = 'ready';
  }

  leave(): void {
    this.left = true;
    // A look that nobody waits for any more is in the way of the next one.
    if (this.stage.value === 'looking') void this.desk.control.cancel().catch(() => {});
  }

  async submit(): Promise<void> {
    if (this.stage.value !== 'ready') return;
    this.trouble.value = '';
    if (this.until !== null && this.until <= Date.now()) {
      this.trouble.value = t().staff.momentPast;
      return;
    }
    this.stage.value = 'working';
    try {
      const outcome = await this.run();
      if (!this.left) this.desk.finished(outcome);
    } catch (error) {
      if (this.left) this.desk.notice.value = this.desk.wordsOf(error);
      else
        batch(() => {
          this.stage.value = 'ready';
          this.trouble.value = this.desk.wordsOf(error);
        });
    }
  }

  protected get why(): string {
    return this.answers.why.value.trim();
  }

  protected get alive(): boolean {
    return !this.left;
  }

  /** When it ends, in ms since 1970; null: when somebody ends it. */
  protected get until(): number | null {
    const { period, moment } = this.answers;
    if (!this.asks.includes('period') || period.value === FOR_GOOD) return null;
    if (period.value === UNTIL) return new Date(moment.value).getTime() || 0;
    return Date.now() + 1_000 * Number(period.value);
  }

  /** Makes a plan and shows what it would change; null where somebody has left. */
  protected async plan(predicate: string): Promise<Plan | null> {
    const { desk } = this;
    batch(() => {
      this.stage.value = 'looking';
      this.trouble.value = this.words.value = '';
      desk.clear();
    });
    try {
      const job = await desk.start('plan', '', { predicate });
      const plan = (await desk.follow(job, t().staff.lookingDone)).result as Plan;
      const [x, y, w, h] = plan.bounds ?? [0, 0, 0, 0];
      if (plan.pixels > 0 && w > 0 && this.alive) {
        const image = await createImageBitmap(await desk.control.preview(job));
        if (this.alive) desk.preview.value = { image, covers: { x0: x, y0: y, x1: x + w, y1: y + h } };
        else image.close();
      }
      if (this.alive) return plan;
    } catch (error) {
      if (!this.alive) return null;
      batch(() => {
        this.stage.value = 'failed';
        this.trouble.value = desk.wordsOf(error);
      });
      void desk.followOther();
    }
    return null;
  }
}

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
    return t().staff.banTitle(targets.length > NAMED_MOST ? say.people(targets.length) : targets.map(({ name }) => name).join(', '));
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

  /** What is taken back; null: nothing. */
  private get predicate(): string | null {
    const time = this.answers.takeBack.value;
    if (!time) return null;
    const ids = this.targets.map(({ who }) => who.replace(/^net:/, ''));
    const kind = this.targets.some(({ who }) => who.startsWith('net:')) ? 'net' : 'u';
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
        if (done > 0) this.words.value = t().staff.banDonePart(say.number(done), say.people(targets.length));
        throw error;
      }
      done++;
    }
    const words = t().staff.banDone(say.people(done));
    if (!predicate) return { words, action: null };
    // Now that they are banned, nothing of theirs is what comes back.
    const job = await desk.start('rollback', this.why, { predicate });
    const { result } = await desk.follow(job, t().staff.workingDone);
    const action = number((result as Fields | null)?.action) || null;
    return { words, action };
  }
}

/** Something that changes records only, and shows where. */
export class Record extends Action {
  constructor(
    desk: Desk,
    readonly title: string,
    readonly verb: string,
    private readonly done: string,
    private readonly act: (why: string) => Promise<unknown>,
    override readonly asks: readonly Ask[] = [],
  ) {
    super(desk);
  }

  protected async run(): Promise<Outcome> {
    await this.act(this.why);
    return { words: this.done, action: null };
  }

  /** The end that was chosen, as members of a record. */
  get end(): Fields {
    const { until } = this;
    return until === null ? {} : { until };
  }
}

/** Another end, or slowing down instead. */
export function changeBan(desk: Desk, row: Fields): Record {
  const who = text(row.name);
  const action: Record = new Record(
    desk,
    t().staff.editBanTitle(who),
    t().staff.editVerb,
    t().staff.changed,
    (why) => {
      const { until } = action.end;
      const slow = Number(action.answers.slow.value) || 0;
      return desk.control.post('ban', why, {
        who,
        ...(typeof until === 'number' && { for: Math.max(1, Math.round((until - Date.now()) / 1_000)) }),
        ...(slow > 1 && { slow }),
      });
    },
    ['period', 'slow'],
  );
  action.answers.why.value = text(row.why);
  action.answers.slow.value = number(row.slow) > 1 ? String(row.slow) : '';
  fillEnd(action, row);
  return action;
}

/** A region with all that it can say; null: a new one, of this area. */
export function changeRegion(desk: Desk, row: Fields | null, area: Rect): Record {
  const { staff } = t();
  const known = row ? text(row.name) : null;
  const action: Record = new Record(
    desk,
    known === null ? staff.addRegionTitle : staff.editRegionTitle(known),
    known === null ? staff.addVerb : staff.editVerb,
    known === null ? staff.added : staff.changed,
    (why) => {
      const { name, closed, factor, colours, visitors } = action.answers;
      const { x0, y0, x1, y1 } = area;
      const words = visitors.value.trim();
      return desk.control.post('region', why, {
        ...{ name: known ?? name.value.trim(), x: x0, y: y0, w: x1 - x0, h: y1 - y0 },
        closed: closed.value,
        ...(Number(factor.value) !== 1 && { factor: Number(factor.value) }),
        ...(colours.value && { colours: colours.value }),
        ...(typeof row?.from === 'number' && { from: row.from }),
        ...(words && { words }),
        ...action.end,
      });
    },
    [...(known === null ? (['name'] as const) : []), 'closed', 'factor', 'colours', 'period', 'visitors'],
  );
  const { answers } = action;
  if (row) {
    answers.why.value = text(row.why);
    answers.closed.value = row.closed === true;
    answers.factor.value = String(typeof row.factor === 'number' ? row.factor : 1);
    answers.colours.value = Array.isArray(row.colours) ? row.colours.map(number) : null;
    answers.visitors.value = text(row.words);
    fillEnd(action, row);
  }
  return action;
}

/** As it ends now. */
function fillEnd({ answers }: Action, row: Fields): void {
  const until = number(row.until);
  answers.period.value = until > 0 ? UNTIL : FOR_GOOD;
  if (until > 0) answers.moment.value = localMoment(until);
}

/** As <input type=datetime-local> wants it: in the reader's time, without a zone. */
export function localMoment(time: number): string {
  const date = new Date(time);
  return new Date(time - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export const removeRegion = (desk: Desk, row: Fields): Record =>
  new Record(desk, t().staff.removeTitle(text(row.name)), t().staff.remove, t().staff.removed, (why) =>
    desk.control.post('region/remove', why, { name: text(row.name) }),
  );

export const endBan = (desk: Desk, row: Fields): Record =>
  new Record(desk, t().staff.endTitle(text(row.name)), t().staff.endVerb, t().staff.ended, (why) =>
    desk.control.post('unban', why, { who: text(row.name) }),
  );

export const closeReport = (desk: Desk, row: Fields): Record =>
  new Record(desk, t().staff.closeTitle, t().staff.close, t().staff.closed, (why) =>
    desk.control.post('report/close', why, { id: text(row.name) }),
  );

function wordsOf(plan: Plan): string {
  if (plan.pixels === 0) return t().staff.nothing;
  const words = [t().staff.planWords(say.edits(plan.edits), say.pixels(plan.pixels))];
  if (plan.bystanders) words.push(t().staff.bystanders(say.pixels(plan.bystanders)));
  return words.join(' ');
}
