// SPDX-License-Identifier: ISC
// What can lie over the picture: how often each pixel was painted, or the ones that nobody ever
// painted; up to now, or up to the moment that rewind shows. What they mean is told in words.

import { computed, signal, type Signal } from '@preact/signals';
import { addHeat, EXACT, hottest, paintHeat, type HeatStyle } from '../../core/heat';
import { nameOf } from '../../core/plane';
import { History } from '../../net/history';
import type { Plane } from '../../net/plane';
import { locale, t } from '../../texts';
import type { PastPlane } from './pastplane';
import type { Sayer } from './host';

export interface MapsHost {
  readonly base: URL;
  readonly plane: Plane;
  readonly hint: Sayer;
  /** What was chosen. */
  readonly map: Signal<Choice>;
  /** What is shown of the past; null: the present is shown. */
  past(): PastPlane | null;
  changed(): void;
}

export type Choice = HeatStyle | 'none';

const CHOICES: readonly Choice[] = ['none', 'heat', 'unpainted'];
/** How often the present is asked for again while it is looked at. */
const REFRESH_MS = 10_000;
/** How often the map follows while one moves through the past. */
const FOLLOW_MS = 250;
const TICK_MS = 100;

interface Overlay {
  readonly source: History;
  readonly control: AbortController;
  /** Heat up to this version, as it came; null: none came yet. */
  base: { version: number; counts: Uint16Array } | null;
  /** What is painted on the canvas: of which version, in which style, and whether of the past. */
  painted: string;
  most: number;
  loading: boolean;
  failures: number;
  dueAt: number;
  readonly image: ImageData;
  readonly g: CanvasRenderingContext2D;
}

export class Maps {
  private readonly overlays = new Map<string, Overlay>();
  private genesis: string | null = null;
  /** It was said that a map is loading. */
  private announced = false;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** How much the brightest is; null while it loads. */
  private readonly most = signal<number | null>(null);

  /** What the map means; '' for none. */
  readonly legend = computed(() => {
    const { past } = t();
    const choice = this.host.map.value;
    const most = this.most.value;
    if (choice === 'none') return '';
    if (most === null) return past.mapLoading(past.maps[choice]);
    return choice === 'heat' ? past.heatLegend(timesOf(most)) : past.unpaintedLegend;
  });

  constructor(private readonly host: MapsHost) {}

  get choice(): Choice {
    return this.host.map.peek();
  }

  /** The next of the choices, by key. */
  next(): void {
    const at = CHOICES.indexOf(this.choice);
    this.choose(CHOICES[(at + 1) % CHOICES.length]!);
    this.announced = !this.settled;
    const { past } = t();
    this.host.hint.say(this.settled ? this.words : past.mapLoading(this.words));
  }

  private get words(): string {
    return t().past.maps[this.choice];
  }

  choose(choice: Choice): void {
    this.host.map.value = choice;
    clearInterval(this.timer);
    if (choice === 'none') this.forget();
    else this.timer = setInterval(() => this.tick(), TICK_MS);
    this.tick();
    this.count();
    this.host.changed();
  }

  /** Everything is of a log that is no more. */
  forget(): void {
    for (const { control } of this.overlays.values()) control.abort();
    this.overlays.clear();
  }

  /** What lies over each canvas. */
  get sources(): Map<string, HTMLCanvasElement> {
    const sources = new Map<string, HTMLCanvasElement>();
    for (const [name, { g, painted }] of this.overlays) if (painted) sources.set(name, g.canvas);
    return sources;
  }

  /** Whether what lies there is what was asked for. */
  get settled(): boolean {
    for (const [name, overlay] of this.overlays) {
      if (overlay.painted !== this.wanted(name)) return false;
    }
    return this.choice === 'none' || this.overlays.size > 0;
  }

  /** What is to lie over a canvas now: versions and style, as one text; null: nothing can. */
  private wanted(name: string): string | null {
    const { choice } = this;
    const past = this.host.past();
    if (!past) {
      const base = this.overlays.get(name)?.base;
      return base ? `${choice} ${base.version}` : null;
    }
    const inside = past.canvases.get(name)?.cursor.inside;
    return inside ? `${choice} ${inside.from}+${inside.applied}` : null;
  }

  /** Asks for what is missing, paints what has come. */
  private tick(): void {
    const { plane } = this.host;
    const past = this.host.past();
    const genesis = past?.genesis ?? plane.info?.genesis ?? null;
    if (genesis !== this.genesis) this.forget();
    this.genesis = genesis;
    if (this.choice === 'none' || !genesis || !plane.info || document.hidden) return;
    const live = new Map([...plane.live].map((client) => [nameOf(client.at), client]));
    for (const [name, overlay] of this.overlays) {
      if (live.has(name)) continue;
      overlay.control.abort();
      this.overlays.delete(name);
    }
    for (const [name, { at, sync }] of live) {
      const overlay = this.overlays.get(name) ?? this.add(name, new History(this.host.base, genesis, at, plane.info));
      const inside = past?.canvases.get(name)?.cursor.inside;
      const version = past ? inside?.from : Math.max(0, sync.version);
      if (version === undefined || (!past && sync.version < 0)) continue;
      if (overlay.base?.version !== version) this.load(overlay, version, past !== null);
      this.paint(name, overlay);
    }
  }

  private add(name: string, source: History): Overlay {
    const { width, height } = this.host.plane.info!;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const overlay: Overlay = {
      source,
      control: new AbortController(),
      base: null,
      painted: '',
      most: 0,
      loading: false,
      failures: 0,
      dueAt: 0,
      image: new ImageData(width, height),
      g: canvas.getContext('2d')!,
    };
    canvas.addEventListener('contextrestored', () => (overlay.painted = ''));
    this.overlays.set(name, overlay);
    return overlay;
  }

  private load(overlay: Overlay, version: number, past: boolean): void {
    const now = performance.now();
    // The present grows with every edit; of the past, another block is wanted at once.
    const fresh = overlay.base !== null && !past;
    if (overlay.loading || now < overlay.dueAt || (version === 0 && this.begin(overlay))) return;
    overlay.loading = true;
    this.count();
    overlay.source.heat(version, overlay.control.signal).then(
      (counts) => {
        overlay.loading = false;
        if (overlay.control.signal.aborted) return;
        overlay.base = { version, counts };
        overlay.failures = 0;
        overlay.dueAt = past ? 0 : performance.now() + REFRESH_MS;
        this.tick();
      },
      (error) => {
        overlay.loading = false;
        if (overlay.control.signal.aborted) return;
        overlay.failures++;
        overlay.dueAt = performance.now() + overlay.source.retryMs(overlay.failures, error);
        if (!fresh) console.warn('placed: no heat map:', error);
        if (!fresh && overlay.failures > 1) this.host.hint.say(t().past.heatLost);
        this.count();
      },
    );
  }

  /** Before the first record there is no heat, and nothing to ask for. */
  private begin(overlay: Overlay): true {
    const { width, height } = this.host.plane.info!;
    overlay.base = { version: 0, counts: new Uint16Array(width * height) };
    return true;
  }

  private paint(name: string, overlay: Overlay): void {
    const { choice } = this;
    const wanted = this.wanted(name);
    if (!overlay.base || !wanted || overlay.painted === wanted || choice === 'none') return;
    const past = this.host.past();
    let { counts } = overlay.base;
    if (past) {
      const inside = past.canvases.get(name)!.cursor.inside!;
      if (inside.from !== overlay.base.version) return;
      if (performance.now() < overlay.dueAt) return;
      counts = counts.slice();
      addHeat(counts, inside.edits, inside.applied, past.canvases.get(name)!.board);
      overlay.dueAt = performance.now() + FOLLOW_MS;
    }
    overlay.most = hottest(counts);
    const words = new Uint32Array(overlay.image.data.buffer);
    paintHeat(counts, words, choice, Math.max(1, overlay.most));
    overlay.g.putImageData(overlay.image, 0, 0);
    overlay.painted = wanted;
    if (this.announced && this.settled) this.host.hint.say(this.words);
    this.announced &&= !this.settled;
    this.count();
    this.host.changed();
  }

  private count(): void {
    const overlays = [...this.overlays.values()].filter(({ painted }) => painted);
    this.most.value = overlays.length > 0 ? Math.max(...overlays.map(({ most }) => most)) : null;
  }
}

/** Many are not counted to the last one. */
function timesOf(most: number): string {
  const { past } = t();
  if (most === 1) return past.once;
  const n = most.toLocaleString(locale());
  return most >= EXACT ? past.someTimes(n) : past.times(n);
}
