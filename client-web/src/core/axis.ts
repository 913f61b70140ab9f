// SPDX-License-Identifier: ISC
// The timeline's axis: from 0 (blank) to 1 (the newest version), even in time, except that stretches
// in which hardly anybody painted take a small share each, however long they were. Maps places on it to
// versions and times, and says how busy it was where.

import { countUpTo } from './block';
import type { Activity, Sample } from './historyindex';

/** A stretch counts as idle when it is so many times as long as the usual one between two samples... */
const IDLE_TIMES = 30;
/** ...and at least so long. */
const IDLE_MS = 10_000;
/** What an idle stretch takes of the axis, and all of them together at most. */
const IDLE_SHARE = 0.015;
const IDLE_SHARES = 0.3;
/** Of what is left, the part that is given out evenly, so that no version has no place at all. */
const EVEN_SHARE = 0.05;

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class Axis {
  readonly versions: Float64Array;
  readonly times: Float64Array;
  /** How long the parts of the axis that are not idle are, in ms, as one unit of the axis. */
  readonly unitMs: number;
  readonly idle: readonly Stretch[];
  /** Rising from 0 to 1. */
  private readonly places: Float64Array;

  /** The activities of the canvases that are looked at; `first` and `last` are the ends of all of them. */
  constructor(
    private readonly activities: readonly Activity[],
    first: Sample,
    last: Sample,
  ) {
    const points = merge(activities, first, last);
    const n = points.length;
    this.versions = Float64Array.from(points, ({ version }) => version);
    this.times = Float64Array.from(points, ({ time }) => time);
    this.places = new Float64Array(n);
    const lengths = Float64Array.from({ length: n - 1 }, (_, i) => this.times[i + 1]! - this.times[i]!);
    const cap = Math.max(IDLE_MS, IDLE_TIMES * median(lengths));
    const idle = lengths.map((ms) => (ms > cap ? 1 : 0));
    const idles = idle.reduce((sum, one) => sum + one, 0);
    const share = idles === 0 ? 0 : Math.min(IDLE_SHARE, IDLE_SHARES / idles);
    const active = lengths.reduce((sum, ms, i) => (idle[i] ? sum : sum + ms), 0);
    const left = 1 - share * idles;
    const even = (active > 0 ? EVEN_SHARE : 1) / Math.max(1, lengths.length - idles);
    let place = 0;
    for (let i = 0; i < lengths.length; i++) {
      const part = even + (active > 0 ? ((1 - EVEN_SHARE) * lengths[i]!) / active : 0);
      place += idle[i] ? share : left * part;
      this.places[i + 1] = place;
    }
    // Sums of fractions end a hair beside 1.
    if (place > 0) this.places.forEach((at, i) => (this.places[i] = at / place));
    this.unitMs = active / (left * (1 - EVEN_SHARE)) || 1;
    this.idle = [...idle.keys()]
      .filter((i) => idle[i])
      .map((i) => ({ from: this.places[i]!, to: this.places[i + 1]! }));
  }

  get first(): number {
    return this.versions[0]!;
  }

  get last(): number {
    return this.versions[this.versions.length - 1]!;
  }

  /** From the first record to the last one, idle stretches left out. */
  get activeMs(): number {
    const all = this.times[this.times.length - 1]! - this.times[0]!;
    return this.idle.reduce((ms, { from, to }) => ms - (this.timeAt(to) - this.timeAt(from)), all);
  }

  placeOf(version: number): number {
    return interpolate(this.versions, this.places, version);
  }

  placeOfTime(time: number): number {
    return interpolate(this.times, this.places, time);
  }

  /** A version, the greatest one that this place has reached. */
  versionAt(place: number): number {
    return Math.floor(interpolate(this.places, this.versions, place) + 1e-6);
  }

  timeAt(place: number): number {
    return interpolate(this.places, this.times, place);
  }

  timeOf(version: number): number {
    return interpolate(this.versions, this.times, version);
  }

  /** The greatest version that there was at that time. */
  versionOfTime(time: number): number {
    return Math.floor(interpolate(this.times, this.versions, time) + 1e-6);
  }

  /**
   * The version so much later than this place (or earlier). Where nothing came to be in that time, the
   * next one (or the one before).
   */
  later(place: number, version: number, ms: number): number {
    const wanted = this.versionOfTime(this.timeAt(place) + ms);
    if (ms > 0) return Math.max(wanted, version + 1);
    return Math.min(wanted, version - 1);
  }

  /** How busy it was in each of n equal parts of the axis: 1 where it was busiest. */
  bars(n: number): Float64Array {
    const bars = new Float64Array(n);
    for (const { step, samples } of this.activities) {
      let from = 0;
      for (const { version, time } of samples) {
        const to = this.placeOf(version);
        // What came at the very first moment took no time: no busyness can be told from it.
        if (time > this.times[0]!) spread(bars, from, to, step);
        from = to;
      }
    }
    for (const { from, to } of this.idle) {
      for (let i = Math.ceil(from * n); i < Math.floor(to * n); i++) bars[i] = 0;
    }
    const most = bars.reduce((a, b) => Math.max(a, b), 0);
    return most > 0 ? bars.map((v) => v / most) : bars;
  }
}

/** All samples in the order of versions; times never fall. */
function merge(activities: readonly Activity[], first: Sample, last: Sample): Sample[] {
  const all = activities.flatMap(({ samples }) => samples);
  all.sort((a, b) => a.version - b.version);
  const points = [first];
  for (const { version, time } of [...all, last]) {
    const before = points[points.length - 1]!;
    if (version > before.version && version <= last.version) {
      points.push({ version, time: Math.max(time, before.time) });
    }
  }
  return points;
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1]!;
}

/** Adds an amount to the bars, evenly from one place to another. */
function spread(bars: Float64Array, from: number, to: number, amount: number): void {
  const n = bars.length;
  const width = Math.max((to - from) * n, 1e-9);
  const start = Math.min(from * n, n - 1e-9);
  const end = Math.min(start + width, n);
  for (let i = Math.floor(start); i < end; i++) {
    bars[i]! += (amount * (Math.min(end, i + 1) - Math.max(start, i))) / width;
  }
}

/** The value at x of the line through the points; `xs` never fall. Of equal ones, the last counts. */
function interpolate(xs: Float64Array, ys: Float64Array, x: number): number {
  const i = countUpTo(xs, x);
  if (i === 0) return ys[0]!;
  if (i === xs.length) return ys[i - 1]!;
  const part = (x - xs[i - 1]!) / (xs[i]! - xs[i - 1]!);
  return ys[i - 1]! + part * (ys[i]! - ys[i - 1]!);
}
