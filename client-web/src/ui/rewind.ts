// SPDX-License-Identifier: ISC
// Rewind: the page shows a moment of the past instead of the present, and leads through it. The
// present goes on arriving meanwhile, and is there at once when one goes back to it.

import type { Axis } from '../core/axis';
import { advance, type Speed } from '../core/player';
import { fetchInfo } from '../net/fetches';
import { HistoryError } from '../net/history';
import type { Plane } from '../net/plane';
import type { Hint } from '../app/statusline';
import { PastPlane, PICTURES_MAX } from './pastplane';
import { Timeline } from './timeline';

export interface RewindHost {
  readonly base: URL;
  readonly plane: Plane;
  readonly hint: Hint;
  readonly dock: HTMLElement;
  /** Canvases of the plane that have no board and are in view, nearest first. */
  others(): readonly { x: number; y: number }[];
  /** The past is shown from now on, or no more. */
  turned(on: boolean): void;
  /** Something other than the boards is to be drawn again. */
  changed(): void;
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

export class Rewind {
  active = false;
  playing = false;
  private speed: Speed = 100;
  private place = 1;
  private version = 0;
  private plane: PastPlane | null = null;
  /** As far as it is known; while a hand is on the slider, it stays as it is. */
  private axis: Axis | null = null;
  private timeline: Timeline | null = null;
  private held = false;
  private frameAt = 0;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setInterval> | undefined;
  private troubleTimer: ReturnType<typeof setTimeout> | undefined;
  private trouble = '';
  /** Grows with every opening and leaving; what was asked for earlier is dropped. */
  private epoch = 0;

  constructor(private readonly host: RewindHost) {}

  /** Null: the newest version. */
  async open(version: number | null): Promise<void> {
    if (this.active) {
      if (version !== null) this.goTo(version);
      return;
    }
    this.active = true;
    const epoch = ++this.epoch;
    this.timeline ??= new Timeline(this.host.dock, {
      scrub: (place, held) => this.scrub(place, held),
      play: () => this.togglePlay(),
      speed: (speed) => this.setSpeed(speed),
      live: () => this.leave(),
    });
    this.timeline.root.hidden = false;
    this.axis = this.plane = null;
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
    this.plane?.stop();
    this.plane = this.axis = null;
    this.timeline!.root.hidden = true;
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

  togglePlay(): void {
    if (!this.axis) return;
    this.playing = !this.playing;
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
    if (key === 'Escape') this.leave();
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
      if (info && !info.history) return this.leaveSaying('This server keeps no history');
      if (info && !info.genesis) return this.leaveSaying('Nothing has been painted yet');
      if (info) {
        const newest = Math.max(...info.canvases.map((canvas) => canvas.version));
        if (version !== null && version > newest) hint.say('That version is not there: this is the newest');
        this.version = Math.min(version ?? newest, newest);
        this.plane = new PastPlane(base, info, info.genesis!, this.version, {
          changed: () => this.changed(),
          trouble: (error) => this.troubled(error),
        });
        this.follow();
        this.refreshTimer = setInterval(() => this.refresh(), REFRESH_MS);
        return;
      }
      hint.ofPast("Can't reach the history. Trying again");
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
      const first = this.axis === null;
      this.axis = axis;
      this.show();
      if (first) this.timeline!.slider.focus({ preventScroll: true });
    }
    this.say();
    this.host.changed();
  }

  private scrub(place: number, held: boolean): void {
    this.held = held;
    if (!this.axis) return;
    this.playing = false;
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
    this.playing = false;
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
    this.say();
    // The last picture is drawn with care, as one that stays.
    this.host.changed();
  }

  /** The moment is another one. */
  private moved(): void {
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
        if (info.genesis !== plane.genesis) this.leaveSaying('A new canvas has begun');
        else if (!info.history) this.leaveSaying('This server keeps no history any more');
      },
      () => {},
    );
  }

  private say(): void {
    if (!this.active || !this.plane) return;
    const others = this.host.others().length;
    const far = this.playing && others > 0 ? 'Canvases further away follow when you pause' : '';
    const many = others > PICTURES_MAX ? 'Zoom in to see all canvases at this moment' : '';
    this.host.hint.ofPast(this.trouble || many || far);
  }

  private show(): void {
    const { axis, place, version, playing, speed } = this;
    const settled = this.plane?.settled(version) === true;
    const known = settled ? this.plane!.time : null;
    const guessed = axis && axis.timeOf(version) > 0 ? axis.timeOf(version) : null;
    const time = known ?? guessed;
    this.timeline!.show({ axis, place, version, time, playing, speed, loading: !settled });
  }
}

const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

function wordsOf(error: unknown): string {
  const trouble = error instanceof HistoryError ? error.trouble : 'busy';
  if (trouble === 'busy') return 'The server is still reading its history. Trying again';
  if (trouble === 'broken') return 'This moment cannot be read: something changes it on the way. Trying again';
  return "Can't get this moment. Trying again";
}
