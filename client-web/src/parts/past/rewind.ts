// SPDX-License-Identifier: ISC
// Rewind: the page shows a moment of the past instead of the present, and leads through it. The
// present goes on arriving meanwhile, and is there at once when one goes back to it. With a cell to
// follow, its changes are marks on the timeline, and the arrows go from one to the next.

import { signal } from '@preact/signals';
import { h, render } from 'preact';
import type { Axis } from '../../core/axis';
import type { Cell } from '../../core/edit';
import { momentWords } from '../../texts/moment';
import { advance, type Speed } from '../../core/player';
import { fetchInfo } from '../../net/fetches';
import { HistoryError } from '../../net/history';
import type { Plane } from '../../net/plane';
import { t } from '../../texts';
import { Filming } from './filming';
import { Following } from './following';
import { PastPlane, PICTURES_MAX } from './pastplane';
import { Timeline, type TimelineState } from './timeline';

/** The status line, as far as the past needs it. */
export interface Sayer {
  say(words: string): void;
  /** While the past is shown, this and nothing of the present; null: the present is shown. */
  ofPast(words: string | null): void;
}

export interface RewindHost {
  readonly base: URL;
  readonly plane: Plane;
  readonly hint: Sayer;
  readonly dock: HTMLElement;
  /** What the window shows of the plane. */
  readonly screen: HTMLCanvasElement;
  /** The cell that is followed; null: none. */
  followed(): Cell | null;
  /** Follows none; whether there was one. */
  unfollow(): boolean;
  /** Canvases of the plane that have no board and are in view, nearest first. */
  others(): readonly { x: number; y: number }[];
  /** The past is shown from now on, or no more. */
  turned(on: boolean): void;
  /** Something other than the boards is to be drawn again. */
  changed(): void;
  /** Another moment is shown, or more of it. */
  turnedTo(): void;
  /** The timeline has another size than before. */
  resized(): void;
  /** The boards are to be brought up to date, and drawn if anything changed on them. */
  moved(): void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of a history that is shorter than this the arrow keys go from record to record. */
const SHORT_MS = HOUR_MS / 2;
const LEAP = 10;
/** The longest time that one frame of playing stands for. */
const FRAME_MAX_MS = 250;
/** How often the picture changes while playing, for people who do not want things to move. */
const CALM_MS = 1_000;
const REST_MS = 250;
const REFRESH_MS = 5_000;
const RETRY_MS = 2_000;
/** Trouble that is over so soon is not told. */
const TROUBLE_MS = 1_000;
const NOTHING: TimelineState = {
  axis: null,
  place: 1,
  version: 0,
  time: null,
  playing: false,
  speed: 100,
  loading: true,
};

export class Rewind {
  active = false;
  playing = false;
  private speed: Speed = 100;
  private place = 1;
  private version = 0;
  private plane: PastPlane | null = null;
  /** As far as it is known; while a hand is on the slider, it stays as it is. */
  private axis: Axis | null = null;
  /** What is in the dock. */
  private readonly root = document.createElement('div');
  private readonly state = signal<TimelineState>(NOTHING);
  private readonly following = new Following(
    () => this.axis,
    () => this.plane,
  );
  private readonly filming: Filming;
  private held = false;
  private frameAt = 0;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setInterval> | undefined;
  private troubleTimer: ReturnType<typeof setTimeout> | undefined;
  private trouble = '';
  /** Grows with every opening and leaving; what was asked for earlier is dropped. */
  private epoch = 0;

  constructor(private readonly host: RewindHost) {
    this.root.id = 'past';
    this.filming = new Filming({
      screen: host.screen,
      caption: () => momentWords(this.timeNow, this.version),
      name: () => `placed-${this.version}`,
      say: (words) => host.hint.say(words),
    });
  }

  /** Null: the newest version. */
  async open(version: number | null): Promise<void> {
    if (this.active) {
      if (version !== null) this.goTo(version);
      return;
    }
    this.active = true;
    const epoch = ++this.epoch;
    this.axis = this.plane = null;
    this.state.value = NOTHING;
    this.host.dock.append(this.root);
    render(
      h(Timeline, {
        state: this.state,
        followed: this.following.followed,
        filming: this.filming.progress,
        scrub: (place, held) => this.scrub(place, held),
        play: () => this.togglePlay(),
        speed: (speed) => this.setSpeed(speed),
        live: () => this.leave(),
        step: (direction) => void this.stepCell(direction),
        film: () => this.toggleFilm(),
        resized: () => this.host.resized(),
      }),
      this.root,
    );
    this.host.hint.ofPast('');
    this.host.turned(true);
    this.show();
    await this.begin(epoch, version);
  }

  leave(): void {
    if (!this.active) return;
    this.epoch++;
    this.active = this.playing = this.held = false;
    clearTimeout(this.restTimer);
    this.forgetTrouble();
    clearInterval(this.refreshTimer);
    this.filming.end(true);
    this.following.watch(null, 0);
    this.plane?.stop();
    this.plane = this.axis = null;
    render(null, this.root);
    this.root.remove();
    this.host.hint.ofPast(null);
    this.host.turned(false);
  }

  /** A hand is on the slider. */
  get scrubbing(): boolean {
    return this.held;
  }

  /** What is shown of the past; null before anything is known of it. */
  get shown(): PastPlane | null {
    return this.plane;
  }

  /** The version that is to be seen; null while that is the present. */
  get moment(): number | null {
    return this.active && this.axis ? this.version : null;
  }

  get settled(): boolean {
    return this.axis !== null && this.plane!.settled(this.version) && this.plane!.stills.complete;
  }

  goTo(version: number): void {
    this.version = version;
    if (this.axis) {
      this.version = Math.min(Math.max(version, this.axis.first), this.axis.last);
      this.place = this.axis.placeOf(this.version);
    }
    this.moved();
  }

  /** This cell is followed from now on; null: none. */
  watch(cell: Cell | null): void {
    if (this.active) this.following.watch(cell, this.version);
  }

  togglePlay(): void {
    if (!this.axis) return;
    this.playing = !this.playing;
    if (this.playing) this.filming.resume();
    else this.filming.pause();
    // At the end there is nothing left to play: from the beginning, then.
    if (this.playing && this.place >= 1) this.goTo(this.axis.first);
    this.frameAt = 0;
    this.say();
    this.rest();
    this.host.changed();
  }

  /** The keys of the timeline; whether it was one. */
  key(event: KeyboardEvent): boolean {
    const { key, shiftKey } = event;
    const count = shiftKey ? LEAP : 1;
    const way = { ArrowRight: 1, ArrowLeft: -1 }[key] as 1 | -1 | undefined;
    if (key === 'Escape') this.leave();
    else if (way && this.following.active && !shiftKey) void this.stepCell(way);
    else if (key === 'ArrowRight' || key === 'ArrowUp') this.stepBy(1, count);
    else if (key === 'ArrowLeft' || key === 'ArrowDown') this.stepBy(-1, count);
    else if (key === 'Home') this.goTo(0);
    else if (key === 'End') this.goTo(this.axis?.last ?? this.version);
    else if (key === ' ') {
      if (!event.repeat) this.togglePlay();
    } else return false;
    return true;
  }

  /** The canvases that are near the view may be others than before. */
  follow(): void {
    if (!this.plane) return;
    const others = this.host.others();
    this.plane.follow(
      [...this.host.plane.live].map(({ at }) => at),
      others,
    );
    // The canvas of the cell may be one of them only now.
    if (!this.following.active) this.watch(this.host.followed());
    this.say();
    this.host.changed();
  }

  /** Brings what is to be drawn up to date, once a frame; whether anything had changed. */
  update(now: number): boolean {
    if (!this.plane) return false;
    if (this.playing && this.axis) this.playOn(now);
    this.plane.seek(this.version, this.playing);
    this.show();
    return this.plane.update();
  }

  private async begin(epoch: number, version: number | null): Promise<void> {
    const { base, hint } = this.host;
    for (;;) {
      const info = await fetchInfo(base, 'checked').catch(() => null);
      if (epoch !== this.epoch) return;
      const { past } = t();
      if (info && !info.history) return this.leaveSaying(past.noHistory);
      if (info && !info.genesis) return this.leaveSaying(past.nothingYet);
      if (info) {
        const newest = Math.max(...info.canvases.map((canvas) => canvas.version));
        if (version !== null && version > newest) hint.say(past.newest);
        this.version = Math.min(version ?? newest, newest);
        this.plane = new PastPlane(base, info, info.genesis!, this.version, {
          changed: () => this.changed(),
          trouble: (error) => this.troubled(error),
        });
        this.follow();
        this.refreshTimer = setInterval(() => this.refresh(), REFRESH_MS);
        return;
      }
      hint.ofPast(past.unreachable);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (epoch !== this.epoch) return;
    }
  }

  private leaveSaying(words: string): void {
    this.leave();
    this.host.hint.say(words);
  }

  /** A cursor shows something else, or knows more. */
  private changed(): void {
    const axis = this.plane?.axis ?? null;
    if (axis !== this.axis && axis && !this.held) {
      // Between two records, playing must not start again at the first.
      const playing = this.playing && this.axis;
      this.place = playing ? axis.placeOfTime(playing.timeAt(this.place)) : axis.placeOf(this.version);
      this.axis = axis;
      this.show();
      // Marks are where the axis has them.
      this.following.changed();
      this.following.look(this.version);
    }
    this.say();
    this.host.turnedTo();
    this.host.changed();
  }

  private scrub(place: number, held: boolean): void {
    this.held = held;
    if (!this.axis) return;
    this.pause();
    this.place = place;
    this.version = this.axis.versionAt(place);
    this.moved();
    if (!held) this.changed();
  }

  private setSpeed(speed: Speed): void {
    this.speed = speed;
    this.show();
  }

  private stepBy(direction: 1 | -1, count: number): void {
    const { axis, plane } = this;
    if (!axis || !plane) return;
    this.pause();
    if (axis.activeMs < SHORT_MS) {
      for (let i = 0; i < count; i++) {
        const next = plane.neighbour(direction) ?? this.version + direction;
        this.goTo(next);
        plane.seek(this.version, false);
      }
      return;
    }
    this.goTo(axis.later(this.place, this.version, direction * count * MINUTE_MS));
  }

  private playOn(now: number): void {
    const first = this.frameAt === 0;
    const ms = now - this.frameAt;
    if (first) this.frameAt = now;
    if (first || (isCalm() && ms < CALM_MS)) return;
    this.frameAt = now;
    this.place = advance(this.axis!, this.place, Math.min(ms, isCalm() ? ms : FRAME_MAX_MS), this.speed);
    this.version = this.axis!.versionAt(this.place);
    this.rest();
    if (this.place < 1) return;
    this.playing = false;
    this.filming.end();
    this.say();
    // The last picture is drawn with care, as one that stays.
    this.host.changed();
  }

  private pause(): void {
    this.playing = false;
    this.filming.pause();
  }

  /** To the next change of the cell that is followed, or the one before. */
  private async stepCell(direction: 1 | -1): Promise<void> {
    const { epoch } = this;
    if (!this.following.active || !this.axis) return;
    this.pause();
    const { past } = t();
    const step = await this.following.step(this.version, direction).catch(() => 'lost' as const);
    if (epoch !== this.epoch || step === 'other') return;
    if (step === 'lost') this.host.hint.say(past.gone);
    else if (step) this.goTo(step.version);
    else this.host.hint.say(direction > 0 ? past.noAfter : past.noBefore);
  }

  private toggleFilm(): void {
    if (this.filming.active) return this.filming.end();
    if (this.axis && this.filming.begin() && !this.playing) this.togglePlay();
  }

  /** The moment is another one. */
  private moved(): void {
    this.host.turnedTo();
    this.rest();
    this.host.moved();
  }

  private rest(): void {
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      if (this.playing || this.held) return;
      this.plane?.rest();
      this.host.changed();
    }, REST_MS);
  }

  private refresh(): void {
    if (document.hidden) return;
    // What fails is tried again soon, and told when something of it is needed.
    this.plane?.refresh().catch((error) => this.look(error));
  }

  private troubled(error: unknown): void {
    if (error !== null) {
      console.warn('placed: no history:', error);
      this.look(error);
      const tell = () => {
        this.trouble = wordsOf(error);
        this.say();
      };
      if (this.trouble) return tell();
      this.troubleTimer ??= setTimeout(tell, TROUBLE_MS);
      return;
    }
    this.forgetTrouble();
    this.say();
  }

  private forgetTrouble(): void {
    clearTimeout(this.troubleTimer);
    this.troubleTimer = undefined;
    this.trouble = '';
  }

  /** Where something of the log is gone, the server may have begun another one. */
  private look(error: unknown): void {
    const { epoch, plane } = this;
    if (!(error instanceof HistoryError) || error.trouble !== 'gone' || !plane) return;
    fetchInfo(this.host.base, 'server').then(
      (info) => {
        if (epoch !== this.epoch) return;
        if (info.genesis !== plane.genesis) this.leaveSaying(t().past.begunAnew);
        else if (!info.history) this.leaveSaying(t().past.noHistoryNow);
      },
      () => {},
    );
  }

  private say(): void {
    if (!this.active || !this.plane) return;
    const others = this.host.others().length;
    const far = this.playing && others > 0 ? t().past.farther : '';
    const many = others > PICTURES_MAX ? t().past.zoomIn : '';
    this.host.hint.ofPast(this.trouble || many || far);
  }

  /** When what is shown was painted; null where nobody knows. */
  private get timeNow(): number | null {
    const { axis, version } = this;
    const known = this.plane?.settled(version) ? this.plane.time : null;
    return known ?? (axis && axis.timeOf(version) > 0 ? axis.timeOf(version) : null);
  }

  private show(): void {
    const { axis, place, version, playing, speed, timeNow: time } = this;
    const loading = this.plane?.settled(version) !== true;
    const now = { axis, place, version, time, playing, speed, loading };
    const before = this.state.peek();
    const same = Object.entries(now).every(([name, value]) => before[name as keyof TimelineState] === value);
    if (!same) this.state.value = now;
  }
}

const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

function wordsOf(error: unknown): string {
  const { past } = t();
  const trouble = error instanceof HistoryError ? error.trouble : 'busy';
  if (trouble === 'busy') return past.busy;
  return trouble === 'broken' ? past.broken : past.gone;
}
