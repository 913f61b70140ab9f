// SPDX-License-Identifier: ISC
// Where on the timeline one is, and how that moves: to a version, to a place of the axis, by steps, by
// playing. It knows no picture.

import type { Axis } from '../../core/axis';
import { advance, type Speed } from '../../core/player';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A history that is shorter than this is walked from record to record. */
const SHORT_MS = HOUR_MS / 2;
/** The longest time that one frame of playing stands for. */
const FRAME_MAX_MS = 250;
/** How often the picture changes while playing, for people who do not want things to move. */
const CALM_MS = 1_000;

export class Playhead {
  /** As far as it is known. */
  axis: Axis | null = null;
  version = 0;
  /** On the axis: 0 to 1. */
  place = 1;
  playing = false;
  speed: Speed = 100;
  private frameAt = 0;

  goTo(version: number): void {
    const { axis } = this;
    this.version = axis ? Math.min(Math.max(version, axis.first), axis.last) : version;
    if (axis) this.place = axis.placeOf(this.version);
  }

  /** A hand put it here. */
  putAt(place: number): void {
    this.place = place;
    if (this.axis) this.version = this.axis.versionAt(place);
  }

  /** More of the history is known, or another one. */
  take(axis: Axis): void {
    // Between two records, playing must not start again at the first.
    const before = this.playing && this.axis;
    this.place = before ? axis.placeOfTime(before.timeAt(this.place)) : axis.placeOf(this.version);
    this.axis = axis;
  }

  /** By so many minutes; false: so little happened that it is to be walked from record to record. */
  stepBy(minutes: number): boolean {
    const { axis } = this;
    if (!axis || axis.activeMs < SHORT_MS) return false;
    this.goTo(axis.later(this.place, this.version, minutes * MINUTE_MS));
    return true;
  }

  /** Begins or stops to play. At the end there is nothing left to play: then it goes to the beginning, and
   * returns true. */
  play(on: boolean): boolean {
    this.playing = on;
    this.frameAt = 0;
    if (!on || this.place < 1 || !this.axis) return false;
    this.goTo(this.axis.first);
    return true;
  }

  /** Plays on until now; whether it is somewhere else than before. At the end it stops. */
  advance(now: number, calm: boolean): boolean {
    if (!this.playing || !this.axis) return false;
    const first = this.frameAt === 0;
    const ms = now - this.frameAt;
    if (first) this.frameAt = now;
    if (first || (calm && ms < CALM_MS)) return false;
    this.frameAt = now;
    this.putAt(advance(this.axis, this.place, calm ? ms : Math.min(ms, FRAME_MAX_MS), this.speed));
    if (this.place >= 1) this.playing = false;
    return true;
  }
}
