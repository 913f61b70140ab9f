// SPDX-License-Identifier: ISC
// What the staff's console knows, as signals, and its intents: an area, who painted in it, one action at
// a time, and the job that the server runs. What goes wrong is said, and nothing that was typed is lost.

import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Span } from '../../core/activity';
import type { Rect } from '../../core/edit';
import { msOf, predicateOf } from '../../core/predicate';
import { CANCELLED, Control, ControlError, type Author, type Fields, type Job } from '../../net/control';
import { t } from '../../texts';
import type { Action } from './action';
import type { Busy } from './busy';
import { percent } from './numbers';

export const PERIODS = ['10m', '1h', '2h', '24h', '168h', '720h'] as const;
export type Period = (typeof PERIODS)[number];
export const TABS = ['area', 'pixel', 'suspects', 'reports', 'bans', 'regions', 'audit'] as const;
export type Tab = (typeof TABS)[number];

/** A picture of what would change, and which cells it covers. */
export interface Preview {
  readonly image: ImageBitmap;
  readonly covers: Rect;
}

/** What was done last, and the action that it can be undone by. */
export interface Outcome {
  readonly words: string;
  readonly action: number | null;
}

/** Jobs that change nothing. */
const LOOKS = ['plan', 'authors', 'detect'];
const TRIES = 20;
/** A rectangle that grows under a hand is asked about when it rests. */
const REST_MS = 300;

export class Desk {
  readonly tab = signal<Tab>('area');
  /** One line: what is going on, or what went wrong. */
  readonly notice = signal('');
  /** What the last attempt that failed has said there. */
  private failure = '';
  readonly outcome = signal<Outcome | null>(null);

  readonly area = signal<Rect | null>(null);
  readonly period = signal<Period>('2h');
  /** The part of the period that was chosen; null: all of it. */
  readonly span = signal<Span | null>(null);
  /** Only what was painted in this colour; null: in any. */
  readonly colour = signal<number | null>(null);
  /** Null while they are not known. */
  readonly authors = signal<readonly Author[] | null>(null);
  readonly counting = signal(false);
  readonly busy = signal<Busy | null>(null);
  /** Authors that were ticked, and what they are called. */
  readonly chosen = signal<ReadonlyMap<string, string>>(new Map());

  readonly action = signal<Action | null>(null);
  readonly preview = signal<Preview | null>(null);
  /** What is drawn hatched: it would be closed. */
  readonly hatched = signal<Rect | null>(null);
  /** The preview is put away for a moment, to see what is there now. */
  readonly veiled = signal(false);
  /** A job that is under way, from 0 to 1, in words. */
  readonly job = signal<{ readonly words: string; readonly done: number } | null>(null);
  /** Grows whenever records may have changed: lists load themselves anew. */
  readonly changes = signal(0);

  /** What is meant: an area, or somebody, or both. */
  readonly meant: ReadonlySignal<boolean> = computed(
    () => this.area.value !== null || this.chosen.value.size > 0,
  );

  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Stops what counts edits for an area that is not the area any more. */
  private counter = new AbortController();

  constructor(
    readonly control: Control,
    /** Somebody has to give a token again. */
    private readonly signOut: () => void,
  ) {}

  /** The predicate's part about time. */
  get time(): string {
    const span = this.span.value;
    return span ? `${Math.floor(span.from)}-${Math.ceil(span.to)}` : this.period.value;
  }

  get predicate(): string {
    const authors = [...this.chosen.value.keys()];
    return predicateOf({ area: this.area.value, time: this.time, authors, colour: this.colour.value });
  }

  /** The whole period, up to now. */
  get whole(): Span {
    const now = Date.now();
    return { from: now - msOf(this.period.value), to: now };
  }

  choose(area: Rect | null): void {
    this.leaveAction();
    batch(() => {
      this.area.value = area;
      this.span.value = this.colour.value = null;
      this.authors.value = this.busy.value = null;
      this.outcome.value = null;
      this.chosen.value = new Map();
    });
    this.countSoon();
  }

  choosePeriod(period: Period): void {
    this.period.value = period;
    this.span.value = null;
    this.busy.value = null;
    this.countSoon();
  }

  /** Null: any. */
  chooseColour(colour: number | null): void {
    this.leaveAction();
    batch(() => {
      this.colour.value = colour;
      this.authors.value = this.busy.value = null;
      this.chosen.value = new Map();
    });
    this.countSoon();
  }

  /** Null: the whole period again. */
  chooseSpan(span: Span | null): void {
    this.leaveAction();
    this.span.value = span;
    this.countSoon(false);
  }

  /** Authors and what they are called. */
  tick(authors: readonly (readonly [string, string])[], on: boolean): void {
    this.leaveAction();
    const chosen = new Map(this.chosen.value);
    for (const [author, name] of authors) {
      if (on) chosen.set(author, name);
      else chosen.delete(author);
    }
    this.chosen.value = chosen;
  }

  /** All that are listed, or nobody where all are. */
  tickAll(): void {
    this.leaveAction();
    const all = this.authors.value ?? [];
    const every = all.every(({ author }) => this.chosen.value.has(author));
    this.chosen.value = new Map(every ? [] : all.map(({ author, name }) => [author, name || author]));
  }

  /** One action at a time; it begins to look at what it would change. */
  begin(action: Action): void {
    this.leaveAction();
    this.outcome.value = null;
    this.notice.value = '';
    this.action.value = action;
    action.look();
  }

  leaveAction(): void {
    const action = this.action.value;
    if (!action) return;
    action.leave();
    batch(() => {
      this.action.value = null;
      this.clear();
    });
  }

  /** Nothing of a preview is shown any more. */
  clear(): void {
    this.preview.value?.image.close();
    this.preview.value = null;
    this.hatched.value = null;
    this.veiled.value = false;
  }

  /** The action was done. */
  finished(outcome: Outcome): void {
    batch(() => {
      this.action.value = null;
      this.clear();
      this.outcome.value = outcome;
      this.notice.value = '';
      this.changes.value++;
    });
    this.countSoon();
  }

  /** Does something, and says what went wrong until something goes well; whether it did. What else is said
   * stays: lists are fetched anew at any time. */
  async attempt(what: () => Promise<void>): Promise<boolean> {
    try {
      await what();
      if (this.notice.peek() === this.failure) this.notice.value = '';
      this.failure = '';
      return true;
    } catch (error) {
      this.failure = this.notice.value = this.wordsOf(error);
      return false;
    }
  }

  /** An error in a sentence; where the token does not count any more, it is asked for again. */
  wordsOf(error: unknown): string {
    if (!(error instanceof ControlError)) return t().staff.failed(String(error));
    if (error.status === 401) this.signOut();
    return error.message;
  }

  /** Begins a job; one that only looks at something, and has not ended yet, is waited for. */
  async start(path: string, why: string, fields: Fields): Promise<number> {
    return (await this.afterLooks(() => this.control.post(path, why, fields))).job as number;
  }

  /** A server runs one job at a time. */
  private async afterLooks<T>(ask: () => Promise<T>): Promise<T> {
    for (let i = 1; ; i++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof ControlError) || error.status !== 409 || i === TRIES) throw error;
        const job = (await this.control.get('job')) as Job;
        if (job.state === 'running' && !LOOKS.includes(job.kind)) throw error;
        if (job.state === 'running') await this.control.finish(job.job, () => {}).catch(() => {});
      }
    }
  }

  /** Waits for a job, and shows how far it is. */
  async follow(number: number, words: (done: string) => string): Promise<Job> {
    const show = (done: number) => (this.job.value = { words: words(percent(done)), done });
    show(0);
    try {
      return await this.control.finish(number, show);
    } finally {
      this.job.value = null;
    }
  }

  /** Stops the job that runs. */
  stop(): Promise<boolean> {
    return this.attempt(async () => {
      await this.control.cancel();
    });
  }

  /** A job that somebody else began, or we before the page was loaded again. */
  async followOther(): Promise<void> {
    const job = (await this.control.get('job').catch(() => null)) as Job | null;
    if (job?.state !== 'running' || this.job.value) return;
    await this.attempt(async () => {
      await this.follow(job.job, (done) => t().staff.jobOf(job.kind, job.by ?? '', done)).catch((error) => {
        if (!(error instanceof ControlError) || error.status !== CANCELLED) throw error;
      });
      this.notice.value = t().staff.jobEnded;
      this.changes.value++;
    });
  }

  private countSoon(anew = true): void {
    clearTimeout(this.timer);
    this.counter.abort();
    if (!this.area.value) return;
    this.counting.value = true;
    this.timer = setTimeout(() => void this.count(anew), REST_MS);
  }

  /** Asks who painted in the area; where the time is another one, how much was painted when, too. */
  private async count(anew: boolean): Promise<void> {
    const area = this.area.value;
    if (!area) return;
    const counter = (this.counter = new AbortController());
    const here = () => !counter.signal.aborted;
    if (anew) {
      const show = (busy: Busy) => {
        if (here()) this.busy.value = busy;
      };
      const { whole } = this;
      const colour = this.colour.value;
      import('./busy').then(
        ({ countEdits }) => countEdits(this.control.base, area, whole, colour, counter.signal, show),
        (error: unknown) => console.warn('placed: no timeline:', error),
      );
    }
    await this.attempt(async () => {
      const colour = this.colour.value;
      const size = { x: area.x0, y: area.y0, w: area.x1 - area.x0, h: area.y1 - area.y0 };
      const ask = () => this.control.get('authors', { ...size, t: this.time, ...(colour !== null && { c: colour }) });
      let found = (await this.afterLooks(ask)) as { job?: number; authors?: Author[] };
      if (!found.authors && found.job) {
        found = (await this.control.finish(found.job, () => {})).result as typeof found;
      }
      if (here()) this.authors.value = found.authors ?? [];
    });
    if (here()) this.counting.value = false;
  }
}
