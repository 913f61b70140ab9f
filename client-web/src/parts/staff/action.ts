// SPDX-License-Identifier: ISC
// An action of the staff: it first looks at what it would change and shows that over the picture, then
// asks for a reason; what was typed stays where it fails.

import { batch, signal, type Signal } from '@preact/signals';
import type { Plan } from '../../net/control';
import { t } from '../../texts';
import type { Desk, Outcome } from './desk';

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
