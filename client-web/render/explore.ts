// SPDX-License-Identifier: ISC
// The fractal explorer: a map of the Mandelbrot set or of a Julia set, and beside it a small picture of
// the other: of the Julia set that belongs to the point under the pointer, or of where this one's is.

import { CRS, LatLng, LatLngBounds, Transformation, Util, type LeafletMouseEvent } from 'leaflet';
import type { Facts } from './core/facts';
import {
  decimal,
  digitsAt,
  formatC,
  fromComplex,
  MANDELBROT,
  nameable,
  TILE_PX,
  tilePath,
  toComplex,
  type Complex,
  type FractalSet,
} from './core/fractal';
import { formatFractal, parseFractal, type FractalView } from './core/link';
import * as words from './core/words';
import { MapFrame } from './ui/mapframe';
import { element, facts } from './ui/page';
import { Palettes } from './ui/palettes';
import { Preview } from './ui/preview';
import { Say } from './ui/say';

/** Fractions of the tile of zoom 0 as they are, y down: powers of two, so nothing is rounded. */
const PLANE: CRS = Util.extend({}, CRS.Simple, {
  transformation: new Transformation(1, 0, 1, 0),
  scale: (zoom: number) => TILE_PX * 2 ** zoom,
  zoom: (scale: number) => Math.log2(scale / TILE_PX),
});
const WHOLE = new LatLngBounds([0, 0], [1, 1]);
/** One can move a little past the edges. */
const AROUND = new LatLngBounds([-0.5, -0.5], [1.5, 1.5]);
const MIDDLE = new LatLng(0.5, 0.5);
/** So much of the tile of zoom 0, in both directions, is more than plain. */
const FILLED = 0.625;
/** From this ratio of device pixels on, tiles of the next zoom are shown at half the size. */
const DENSE = 1.5;
/** The link is written when the view has rested for so long. */
const REST_MS = 250;

class Explorer {
  private set: FractalSet = MANDELBROT;
  private palette: string;
  private readonly frame: MapFrame;
  private readonly palettes: Palettes;
  private readonly preview: Preview;
  private readonly maxZoom: number;
  /** Where the pointer is; null: nowhere. */
  private pointer: LatLng | null = null;
  private pin: LatLng | null = null;
  private readonly mark = element('mark');
  private linkTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly fractal: NonNullable<Facts['fractal']>) {
    this.palette = fractal.palettes[0]!;
    this.maxZoom = fractal.maxZoom;
    this.frame = new MapFrame(
      {
        moved: () => this.moved(),
        home: () => this.visit({ ...this.view, centre: null, zoom: null }),
        key: (key) => this.key(key),
        fileName: () => this.view.set.kind,
      },
      { crs: PLANE, maxBounds: AROUND, maxZoom: this.maxZoom },
    );
    this.palettes = new Palettes(element('palettes'), fractal.palettes, (palette) => {
      // No place of its own to go back to.
      this.show({ ...this.view, palette });
    });
    this.preview = new Preview({
      pathOf: (set) => tilePath(fractal, set, this.palette, { x: 0, y: 0, z: 0 }),
      open: () => this.openOther(),
      unpin: () => this.pinAt(null),
      choose: (c) => this.visit({ ...this.view, set: { kind: 'julia', c: nameable(c, 4) } }),
    });
    const { map } = this.frame;
    const container = map.getContainer();
    // A finger points at nothing: what it tapped stays pinned.
    container.addEventListener('pointermove', (event) => {
      if (event.pointerType !== 'touch') this.pointAt(map.mouseEventToLatLng(event));
    });
    container.addEventListener('pointerleave', () => this.pointAt(null));
    map.on('click', ({ latlng }: LeafletMouseEvent) => this.pinAt(latlng));
    map.on('zoomstart', () => (this.mark.hidden = true));
    map.on('move', () => {
      this.showMark();
      if (!this.pointer) this.look();
    });
    window.addEventListener('popstate', () => this.show(this.linked));
    this.show(this.linked);
  }

  private get linked(): FractalView {
    return parseFractal(location.hash, this.fractal.palettes, this.maxZoom);
  }

  private get view(): FractalView {
    const { map } = this.frame;
    const { lat, lng } = map.getCenter();
    return { set: this.set, palette: this.palette, centre: toComplex(this.set, lng, lat), zoom: map.getZoom() };
  }

  /** Goes somewhere else; the browser's Back leads back. */
  private visit(view: FractalView): void {
    this.writeLink();
    history.pushState(null, '', formatFractal(view));
    this.show(view);
  }

  private show({ set, palette, centre, zoom }: FractalView): void {
    const { map } = this.frame;
    const same = set.kind === this.set.kind && (set.kind !== 'julia' || sameC(set, this.set));
    const first = !document.body.dataset.ready;
    if (!same) this.pin = null;
    const fits = Math.max(0, Math.floor(Math.log2(Math.min(innerWidth, innerHeight * 1.1) / (TILE_PX * FILLED))));
    const at = centre ? fromComplex(set, centre) : null;
    const target = at ? new LatLng(at.y, at.x) : MIDDLE;
    this.palettes.choose(palette);
    if (first || !same || palette !== this.palette) {
      [this.set, this.palette] = [set, palette];
      map.setView(target, zoom ?? fits, { animate: false });
      this.showTiles(same && !first);
    } else {
      map.setView(target, zoom ?? fits, this.frame.movement);
    }
    this.preview.other(set);
    this.look();
    document.body.dataset.ready = 'true';
  }

  private showTiles(samePlace: boolean): void {
    const { set, palette, fractal } = this;
    const dense = window.devicePixelRatio >= DENSE ? 1 : 0;
    this.frame.show(
      {
        tileSize: TILE_PX >> dense,
        pixels: TILE_PX,
        zoomOffset: dense,
        maxNativeZoom: this.maxZoom - dense,
        bounds: WHOLE,
        noWrap: true,
        keepBuffer: 1,
        pathOf: (at) => tilePath(fractal, set, palette, at),
        around: tilePath(fractal, set, palette, { x: 0, y: 0, z: 0 }),
      },
      samePlace,
    );
  }

  /** The point that the preview is of: pinned, under the pointer, or in the middle. */
  private get point(): LatLng {
    return this.pin ?? this.pointer ?? this.frame.map.getCenter();
  }

  private complexAt({ lat, lng }: LatLng): Complex {
    return toComplex(this.set, lng, lat);
  }

  private look(): void {
    if (this.set.kind === 'mandelbrot') {
      this.preview.julia(nameable(this.complexAt(this.point), this.frame.map.getZoom()), this.pin !== null);
    }
    this.showWhere();
    this.showMark();
  }

  private pointAt(pointer: LatLng | null): void {
    this.pointer = pointer;
    this.look();
  }

  private pinAt(pin: LatLng | null): void {
    if (this.set.kind !== 'mandelbrot' && pin) return;
    this.pin = pin;
    this.look();
  }

  /** The Julia set of the point; or the Mandelbrot set about where this one's c is. */
  private openOther(): void {
    const { set, view } = this;
    if (set.kind === 'julia') {
      this.visit({ ...view, set: MANDELBROT, centre: set.c, zoom: 6 });
    } else {
      const c = nameable(this.complexAt(this.point), this.frame.map.getZoom());
      this.visit({ ...view, set: { kind: 'julia', c }, centre: null, zoom: null });
    }
  }

  private key(key: string): boolean {
    if (key === 'j') this.openOther();
    else if (key === 'p') this.palettes.next();
    else if (key === 'Enter') this.pinAt(this.frame.map.getCenter());
    else if (key === 'Escape') this.pinAt(null);
    else return false;
    return true;
  }

  /** The view rests. */
  private moved(): void {
    clearTimeout(this.linkTimer);
    this.linkTimer = setTimeout(() => {
      this.writeLink();
      const { set, centre, zoom } = this.view;
      const digits = digitsAt(zoom!);
      element('announcer').textContent = words.viewWords(
        words.setWords(set.kind === 'julia' ? formatC(set.c) : null),
        decimal(centre!.re, digits),
        decimal(centre!.im, digits),
        zoom!,
      );
    }, REST_MS);
    this.look();
  }

  private writeLink(): void {
    clearTimeout(this.linkTimer);
    if (document.body.dataset.ready) history.replaceState(null, '', formatFractal(this.view));
  }

  private showWhere(): void {
    const zoom = this.frame.map.getZoom();
    const { re, im } = this.complexAt(this.pointer ?? this.frame.map.getCenter());
    const digits = digitsAt(zoom);
    element('where').replaceChildren(
      Object.assign(document.createElement('span'), { textContent: `${re.toFixed(digits)},` }),
      Object.assign(document.createElement('span'), { textContent: im.toFixed(digits) }),
      Object.assign(document.createElement('span'), { textContent: `zoom ${zoom}`, className: 'quiet' }),
    );
  }

  /** The pin where it is, or a quiet cross in the middle where there is no pointer. */
  private showMark(): void {
    const { mark, pin, set } = this;
    const { map } = this.frame;
    const at = pin ? map.latLngToContainerPoint(pin) : map.getSize().divideBy(2);
    mark.hidden = set.kind !== 'mandelbrot' || (!pin && this.pointer !== null);
    mark.dataset.pinned = String(pin !== null);
    mark.style.transform = `translate(${Math.round(at.x)}px, ${Math.round(at.y)}px)`;
  }
}

const sameC = (a: FractalSet, b: FractalSet): boolean =>
  a.kind === 'julia' && b.kind === 'julia' && formatC(a.c) === formatC(b.c);

async function start(): Promise<void> {
  const say = new Say(element('say'), element('say-text'), element<HTMLButtonElement>('say-again'));
  const { fractal } = await facts(say);
  if (fractal) new Explorer(fractal);
  else say.hold(words.NO_FRACTALS);
}

void start();
