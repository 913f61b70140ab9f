// SPDX-License-Identifier: ISC
// Rewind: the page shows a moment of the past instead of the present, and leads through it. The
// present goes on arriving meanwhile, and is there at once when one goes back to it. With a cell to
// follow, its changes are marks on the timeline, and the arrows go from one to the next.

import { signal } from '@preact/signals';
import { h, render } from 'preact';
import type { Cell } from '../../core/edit';
import { momentWords } from '../../texts/moment';
import type { Speed } from '../../core/player';
import { fetchInfo } from '../../net/fetches';
import { t } from '../../texts';
import { Filming } from './filming';
import { Following } from './following';
import type { RewindHost } from './host';
import { PastPlane, PICTURES_MAX } from './pastplane';
import { Playhead } from './playhead';
import { Timeline, type TimelineState } from './timeline';
import { Trouble } from './trouble';

const LEAP = 10;
const REST_MS = 250;
const REFRESH_MS = 5_000;
const RETRY_MS = 2_000;
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
  private plane: PastPlane | null = null;
  private readonly head = new Playhead();
  /** What is in the dock. */
  private readonly root = document.createElement('div');
  private readonly state = signal<TimelineState>(NOTHING);
  private readonly following = new Following(
    () => this.head.axis,
    () => this.plane,
  );
  private readonly filming: Filming;
  private held = false;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setInterval> | undefined;
  private readonly trouble: Trouble;
  /** Grows with every opening and leaving; what was asked for earlier is dropped. */
  private epoch = 0;

  constructor(private readonly host: RewindHost) {
    this.root.id = 'past';
    this.filming = new Filming({
      screen: host.screen,
      caption: () => momentWords(this.timeNow, this.head.version),
      name: () => `placed-${this.head.version}`,
      say: (words) => host.hint.say(words),
    });
    this.trouble = new Trouble({
      base: host.base,
      genesis: () => this.plane?.genesis ?? null,
      changed: () => this.say(),
      over: (words) => this.leaveSaying(words),
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
    this.head.axis = this.plane = null;
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
    this.active = this.head.playing = this.held = false;
    clearTimeout(this.restTimer);
    this.trouble.forget();
    clearInterval(this.refreshTimer);
    this.filming.end(true);
    this.following.watch(null, 0);
    this.plane?.stop();
    this.plane = this.head.axis = null;
    render(null, this.root);
    this.root.remove();
    this.host.hint.ofPast(null);
    this.host.turned(false);
  }

  get playing(): boolean {
    return this.head.playing;
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
    return this.active && this.head.axis ? this.head.version : null;
  }

  get settled(): boolean {
    return this.head.axis !== null && this.plane!.settled(this.head.version) && this.plane!.stills.complete;
  }

  goTo(version: number): void {
    this.head.goTo(version);
    this.moved();
  }

  /** This cell is followed from now on; null: none. */
  watch(cell: Cell | null): void {
    if (this.active) this.following.watch(cell, this.head.version);
  }

  togglePlay(): void {
    const { head } = this;
    if (!head.axis) return;
    if (head.play(!head.playing)) this.host.turnedTo();
    if (head.playing) this.filming.resume();
    else this.filming.pause();
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
    else if (key === 'End') this.goTo(this.head.axis?.last ?? this.head.version);
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
    this.playOn(now);
    this.plane.seek(this.head.version, this.playing);
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
        this.head.goTo(Math.min(version ?? newest, newest));
        this.plane = new PastPlane(base, info, info.genesis!, this.head.version, {
          changed: () => this.changed(),
          trouble: (error) => this.trouble.met(error),
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
    // While a hand is on the slider, its track stays as it is.
    if (axis !== this.head.axis && axis && !this.held) {
      this.head.take(axis);
      this.show();
      // Marks are where the axis has them.
      this.following.changed();
      this.following.look(this.head.version);
    }
    this.say();
    this.host.turnedTo();
    this.host.changed();
  }

  private scrub(place: number, held: boolean): void {
    this.held = held;
    if (!this.head.axis) return;
    this.pause();
    this.head.putAt(place);
    this.moved();
    if (!held) this.changed();
  }

  private setSpeed(speed: Speed): void {
    this.head.speed = speed;
    this.show();
  }

  private stepBy(direction: 1 | -1, count: number): void {
    const { head, plane } = this;
    if (!head.axis || !plane) return;
    this.pause();
    if (head.stepBy(direction * count)) return this.moved();
    for (let i = 0; i < count; i++) {
      this.goTo(plane.neighbour(direction) ?? head.version + direction);
      plane.seek(head.version, false);
    }
  }

  private playOn(now: number): void {
    if (!this.head.advance(now, isCalm())) return;
    this.rest();
    if (this.playing) return;
    this.filming.end();
    this.say();
    // The last picture is drawn with care, as one that stays.
    this.host.changed();
  }

  private pause(): void {
    this.head.playing = false;
    this.filming.pause();
  }

  /** To the next change of the cell that is followed, or the one before. */
  private async stepCell(direction: 1 | -1): Promise<void> {
    const { epoch } = this;
    if (!this.following.active || !this.head.axis) return;
    this.pause();
    const { past } = t();
    const step = await this.following.step(this.head.version, direction).catch(() => 'lost' as const);
    if (epoch !== this.epoch || step === 'other') return;
    if (step === 'lost') this.host.hint.say(past.gone);
    else if (step) this.goTo(step.version);
    else this.host.hint.say(direction > 0 ? past.noAfter : past.noBefore);
  }

  private toggleFilm(): void {
    if (this.filming.active) return this.filming.end();
    if (this.head.axis && this.filming.begin() && !this.playing) this.togglePlay();
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
    this.plane?.refresh().catch((error) => this.trouble.look(error));
  }

  private say(): void {
    if (!this.active || !this.plane) return;
    const others = this.host.others().length;
    const far = this.playing && others > 0 ? t().past.farther : '';
    const many = others > PICTURES_MAX ? t().past.zoomIn : '';
    this.host.hint.ofPast(this.trouble.words || many || far);
  }

  /** When what is shown was painted; null where nobody knows. */
  private get timeNow(): number | null {
    const { axis, version } = this.head;
    const known = this.plane?.settled(version) ? this.plane.time : null;
    return known ?? (axis && axis.timeOf(version) > 0 ? axis.timeOf(version) : null);
  }

  private show(): void {
    const { timeNow: time, head } = this;
    const { axis, place, version, playing, speed } = head;
    const loading = this.plane?.settled(version) !== true;
    const now = { axis, place, version, time, playing, speed, loading };
    const before = this.state.peek();
    const same = Object.entries(now).every(([name, value]) => before[name as keyof TimelineState] === value);
    if (!same) this.state.value = now;
  }
}

const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
