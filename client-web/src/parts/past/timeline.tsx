// SPDX-License-Identifier: ISC
// The timeline in the dock: the slider over its track, play, speeds, the moment in words, and Live. While
// one cell is followed its changes are marks on the track; while a film is made it says how far that is.

import { type ReadonlySignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Axis } from '../../core/axis';
import { momentWords, timeWords, versionWords } from '../../texts/moment';
import { SPEEDS, type Speed } from '../../core/player';
import { locale, t } from '../../texts';
import { Icon, LEFT, RIGHT } from '../../ui/icons';
import { drawTrack, type Mark } from './track';

export interface TimelineEvents {
  /** The thumb is at this place of the axis; `held`: a hand is still on it. */
  scrub(place: number, held: boolean): void;
  play(): void;
  speed(speed: Speed): void;
  live(): void;
  /** To the next change of the cell that is followed, or the one before. */
  step(direction: 1 | -1): void;
  /** Begins a film, or ends it. */
  film(): void;
  /** It has another size than before. */
  resized(): void;
}

/** What there is to show. */
export interface TimelineState {
  /** Null while nothing is known of the history yet. */
  readonly axis: Axis | null;
  readonly place: number;
  readonly version: number;
  readonly time: number | null;
  readonly playing: boolean;
  readonly speed: Speed;
  /** The picture of this moment is not here yet. */
  readonly loading: boolean;
}

/** The cell that is followed. */
export interface Followed {
  readonly name: string;
  readonly marks: readonly Mark[];
}

/** A film that is being made: how long and how large it is, and how far the playing. */
export interface Filming {
  readonly ms: number;
  readonly bytes: number;
}

const PLAY = 'M6.5 4l9 6-9 6z';
const PAUSE = 'M7 4.5v11M13 4.5v11';
const RECORD = 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z';
const STOP = 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 8h4v4H8z';

export interface TimelineProps extends TimelineEvents {
  readonly state: ReadonlySignal<TimelineState>;
  readonly followed: ReadonlySignal<Followed | null>;
  readonly filming: ReadonlySignal<Filming | null>;
}

export function Timeline(props: TimelineProps) {
  const { past } = t();
  const { axis, place, version, time, playing, speed, loading } = props.state.value;
  const followed = props.followed.value;
  const filming = props.filming.value;
  const root = useRef<HTMLDivElement>(null);
  // What stands above it has to know how high it is.
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    const size = new ResizeObserver(() => {
      document.documentElement.style.setProperty('--timeline-height', `${element.offsetHeight}px`);
      props.resized();
    });
    size.observe(element);
    return () => size.disconnect();
  }, []);
  const off = axis === null;
  const words = off ? past.loading : momentWords(time, version);
  return (
    <div
      id="timeline"
      ref={root}
      class="surface"
      role="group"
      aria-label={past.rewind}
      aria-busy={loading}
      data-loading={loading || undefined}
    >
      <p id="moment">
        <span id="moment-time">{off ? past.loading : timeWords(time)}</span>
        <span id="moment-version">{off ? '' : versionWords(version)}</span>
        {followed && <span id="moment-cell">{past.followed(followed.name, followed.marks.length)}</span>}
        {filming && (
          <span id="filming" role="status">
            {past.filming(seconds(filming.ms), megabytes(filming.bytes), percent(place))}
          </span>
        )}
      </p>
      {followed && (
        <div id="steps" role="group" aria-label={past.steps}>
          <button type="button" aria-label={past.before} title={past.before} onClick={() => props.step(-1)}>
            <Icon d={LEFT} />
          </button>
          <button type="button" aria-label={past.after} title={past.after} onClick={() => props.step(1)}>
            <Icon d={RIGHT} />
          </button>
        </div>
      )}
      <button
        id="film"
        type="button"
        aria-label={filming ? past.filmStop : past.film}
        title={filming ? past.filmStop : past.film}
        aria-pressed={filming !== null}
        disabled={off}
        onClick={props.film}
      >
        <Icon d={filming ? STOP : RECORD} />
      </button>
      <Track {...props} words={words} />
      <div id="timeline-controls">
        <button
          id="play"
          type="button"
          aria-label={playing ? past.pause : past.play}
          title={playing ? past.pauseKey : past.playKey}
          disabled={off}
          onClick={props.play}
        >
          <Icon d={playing ? PAUSE : PLAY} />
        </button>
        <div id="speeds" role="group" aria-label={past.speed}>
          {SPEEDS.map((its) => (
            <button
              key={its}
              type="button"
              aria-label={past.timesAsFast(its.toLocaleString(locale()))}
              aria-pressed={its === speed}
              onClick={() => props.speed(its)}
            >
              {its.toLocaleString(locale())}×
            </button>
          ))}
        </div>
        <button id="go-live" type="button" title={past.liveKey} onClick={props.live}>
          {past.live}
        </button>
      </div>
    </div>
  );
}

function Track({ state, followed, scrub, words }: TimelineProps & { words: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  const held = useRef(false);
  const { axis, place } = state.value;
  const marks = followed.value?.marks ?? null;
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const draw = () => drawTrack(element, axis, marks ?? []);
    draw();
    const size = new ResizeObserver(draw);
    size.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    return () => {
      size.disconnect();
      dark.removeEventListener('change', draw);
    };
  }, [axis, marks]);
  // The hand is right, not what was last drawn.
  useLayoutEffect(() => {
    if (!held.current && slider.current) slider.current.valueAsNumber = place;
  }, [place]);
  // Once there is something to lead through, by the arrows as well.
  const known = axis !== null;
  useLayoutEffect(() => {
    if (known) slider.current?.focus({ preventScroll: true });
  }, [known]);
  const release = () => {
    if (!held.current) return;
    held.current = false;
    scrub(slider.current!.valueAsNumber, false);
  };
  return (
    <div id="track">
      <canvas ref={canvas} aria-hidden="true" />
      <input
        id="moment-slider"
        ref={slider}
        type="range"
        min={0}
        max={1}
        step="any"
        aria-label={t().past.moment}
        aria-valuetext={words}
        disabled={axis === null}
        onInput={() => scrub(slider.current!.valueAsNumber, held.current)}
        onPointerDown={() => (held.current = true)}
        onPointerUp={release}
        onPointerCancel={release}
        onChange={release}
      />
    </div>
  );
}

function seconds(ms: number): string {
  const all = Math.floor(ms / 1_000);
  return `${Math.floor(all / 60)}:${String(all % 60).padStart(2, '0')}`;
}

const megabytes = (bytes: number): string =>
  (bytes / 1e6).toLocaleString(locale(), {
    style: 'unit',
    unit: 'megabyte',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });

const percent = (share: number): string =>
  share.toLocaleString(locale(), { style: 'percent', maximumFractionDigits: 0 });
