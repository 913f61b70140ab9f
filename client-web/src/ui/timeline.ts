// SPDX-License-Identifier: ISC
// The timeline in the dock: the slider over its track, play, speeds, the moment in words, and Live.

import type { Axis } from '../core/axis';
import { momentWords, timeWords, versionWords } from '../core/moment';
import { SPEEDS, type Speed } from '../core/player';
import { drawTrack } from './track';

export interface TimelineEvents {
  /** The thumb is at this place of the axis; `held`: a hand is still on it. */
  scrub(place: number, held: boolean): void;
  play(): void;
  speed(speed: Speed): void;
  live(): void;
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

const PLAY = 'M7 4l9 6-9 6z';
const PAUSE = 'M7 4v12M13 4v12';

const MARKUP = `
  <p id="moment"><span id="moment-time"></span><span id="moment-version"></span></p>
  <div id="track">
    <canvas aria-hidden="true"></canvas>
    <input id="moment-slider" type="range" min="0" max="1" step="any" aria-label="Moment" />
  </div>
  <button id="play" type="button"><svg viewBox="0 0 20 20" aria-hidden="true"><path /></svg></button>
  <div id="speeds" role="group" aria-label="Speed"></div>
  <button id="go-live" type="button" title="Back to now (Escape)">Live</button>`;

export class Timeline {
  readonly root = document.createElement('div');
  readonly slider: HTMLInputElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly play: HTMLButtonElement;
  private readonly speeds = new Map<Speed, HTMLButtonElement>();
  private drawn: Axis | null | undefined;
  private held = false;
  private readonly size: ResizeObserver;

  constructor(
    dock: HTMLElement,
    private readonly events: TimelineEvents,
  ) {
    const { root } = this;
    root.id = 'timeline';
    root.className = 'surface';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', 'Rewind');
    root.innerHTML = MARKUP;
    this.slider = root.querySelector('input')!;
    this.canvas = root.querySelector('canvas')!;
    this.play = root.querySelector('#play')!;
    for (const speed of SPEEDS) this.speeds.set(speed, this.speedButton(speed));
    this.slider.addEventListener('input', () => this.scrub());
    this.slider.addEventListener('pointerdown', () => (this.held = true));
    for (const end of ['pointerup', 'pointercancel', 'change']) {
      this.slider.addEventListener(end, () => this.release());
    }
    this.play.addEventListener('click', events.play);
    root.querySelector('#go-live')!.addEventListener('click', events.live);
    this.size = new ResizeObserver(() => drawTrack(this.canvas, this.drawn ?? null));
    this.size.observe(this.canvas);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => drawTrack(this.canvas, this.drawn ?? null));
    dock.append(root);
  }

  show({ axis, place, version, time, playing, speed, loading }: TimelineState): void {
    const { root, slider, play } = this;
    slider.disabled = play.disabled = axis === null;
    root.toggleAttribute('data-loading', loading);
    root.setAttribute('aria-busy', String(loading));
    if (axis !== this.drawn) drawTrack(this.canvas, axis);
    this.drawn = axis;
    if (!this.held) slider.valueAsNumber = place;
    const words = axis ? momentWords(time, version) : 'Loading';
    if (slider.getAttribute('aria-valuetext') !== words) {
      slider.setAttribute('aria-valuetext', words);
      set(root.querySelector('#moment-time')!, axis ? timeWords(time) : 'Loading');
      set(root.querySelector('#moment-version')!, axis ? versionWords(version) : '');
    }
    play.setAttribute('aria-label', playing ? 'Pause' : 'Play');
    play.title = playing ? 'Pause (Space)' : 'Play (Space)';
    play.querySelector('path')!.setAttribute('d', playing ? PAUSE : PLAY);
    for (const [its, button] of this.speeds) {
      button.setAttribute('aria-pressed', String(its === speed));
    }
  }

  private scrub(): void {
    this.events.scrub(this.slider.valueAsNumber, this.held);
  }

  private release(): void {
    if (!this.held) return;
    this.held = false;
    this.scrub();
  }

  private speedButton(speed: Speed): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `${speed.toLocaleString()}×`;
    button.setAttribute('aria-label', `${speed.toLocaleString()} times as fast`);
    button.addEventListener('click', () => this.events.speed(speed));
    this.root.querySelector('#speeds')!.append(button);
    return button;
  }
}

function set(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
