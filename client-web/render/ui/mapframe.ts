// SPDX-License-Identifier: ISC
// What the two pages with a map share: the map itself and the controls around it.

import { Map as LeafletMap, type CRS, type LatLngBoundsExpression } from 'leaflet';
import type { Trouble } from '../core/retry';
import * as words from '../core/words';
import { copyLink, download, element, still } from './page';
import { Say } from './say';
import { prepare, Tiles, type TilesOptions } from './tiles';

export interface MapEvents {
  /** The view rests at another place. */
  moved(): void;
  /** Show everything. */
  home(): void;
  /** Something in view is no longer there. */
  gone?(): void;
  /** The page's own keys; true: it was one. */
  key?(key: string): boolean;
  fileName(): string;
}

/** A layer that is replaced stays below the new one so long at most. */
const OLD_LAYER_MS = 4_000;
const KEY_PAN_PX = 96;

export class MapFrame {
  readonly say = new Say(element('say'), element('say-text'), element<HTMLButtonElement>('say-again'));
  readonly map: LeafletMap;
  private layer: Tiles | null = null;
  private readonly container = element('map');
  private around = new AbortController();

  constructor(
    private readonly events: MapEvents,
    options: { crs?: CRS; maxBounds?: LatLngBoundsExpression; maxZoom: number },
  ) {
    const moves = !still();
    this.map = new LeafletMap(this.container, {
      ...options,
      attributionControl: false,
      zoomControl: false,
      // Tiles come into their place as they are; what was there before stays until then.
      fadeAnimation: false,
      zoomAnimation: moves,
      inertia: moves,
      keyboardPanDelta: KEY_PAN_PX,
      maxBoundsViscosity: 0.8,
      wheelPxPerZoomLevel: 100,
    });
    this.map.on('moveend', () => this.moved());
    this.container.addEventListener('keydown', (event) => this.keydown(event));
    element('zoom-in').addEventListener('click', () => this.map.zoomIn());
    element('zoom-out').addEventListener('click', () => this.map.zoomOut());
    element('zoom-fit').addEventListener('click', () => events.home());
    element('save').addEventListener('click', () => this.save());
    element('where').addEventListener('click', () => copyLink(this.say));
    element('say-again').addEventListener('click', () => this.layer?.redraw());
    element('dot').dataset.state = 'starting';
  }

  /** Shows other tiles; at the same place, the ones before stay until these have come. */
  show(options: Omit<TilesOptions, 'troubled'>, samePlace: boolean): void {
    const old = this.layer;
    const layer = new Tiles({ ...options, updateWhenZooming: false, troubled: (trouble) => this.troubled(layer, trouble) });
    this.layer = layer;
    this.say.hold('');
    layer.on('loading', () => this.loads(layer, true));
    layer.on('load', () => this.loads(layer, false));
    if (old) {
      const drop = () => old.remove();
      if (samePlace) {
        layer.once('load', drop);
        setTimeout(drop, OLD_LAYER_MS);
      } else drop();
    }
    layer.addTo(this.map);
    this.surround(options.around);
  }

  /** The colour around the tiles; without one, the style's. */
  private surround(path: string | undefined): void {
    this.around.abort();
    if (path === undefined) return;
    const { signal } = (this.around = new AbortController());
    prepare(path, signal).then(
      (colour) => {
        if (!signal.aborted) this.container.style.background = colour;
      },
      () => {
        // It stays grey.
      },
    );
  }

  /** Moves there, or jumps for people who do not want things to move. */
  get movement(): { animate: boolean } {
    return { animate: !still() };
  }

  private moved(): void {
    const { map } = this;
    element<HTMLButtonElement>('zoom-in').disabled = map.getZoom() >= map.getMaxZoom();
    element<HTMLButtonElement>('zoom-out').disabled = map.getZoom() <= map.getMinZoom();
    this.events.moved();
  }

  private loads(layer: Tiles, loading: boolean): void {
    if (layer !== this.layer) return;
    element('dot').dataset.state = loading ? 'catching' : 'live';
    this.container.setAttribute('aria-busy', String(loading));
  }

  private troubled(layer: Tiles, trouble: Trouble | null): void {
    if (layer !== this.layer) return;
    this.say.hold(trouble ? words.troubleWords[trouble] : '', trouble === 'failed');
    if (trouble === 'gone') this.events.gone?.();
  }

  private keydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.container) return;
    const { key } = event;
    const letter = key.length === 1 ? key.toLowerCase() : key;
    if (letter === 'Home' || letter === '0') this.events.home();
    else if (letter === 'l') copyLink(this.say);
    else if (letter === 's') this.save();
    else if (!this.events.key?.(letter)) return;
    event.preventDefault();
  }

  /** The window's picture, as it is shown, as a file. */
  private save(): void {
    const { container } = this;
    const frame = container.getBoundingClientRect();
    const canvas = document.createElement('canvas');
    const by = window.devicePixelRatio;
    canvas.width = Math.round(frame.width * by);
    canvas.height = Math.round(frame.height * by);
    const g = canvas.getContext('2d')!;
    g.fillStyle = getComputedStyle(container).backgroundColor;
    g.fillRect(0, 0, canvas.width, canvas.height);
    const levels = [...container.querySelectorAll<HTMLElement>('.leaflet-tile-container')];
    levels.sort((a, b) => Number(a.style.zIndex) - Number(b.style.zIndex));
    for (const tile of levels.flatMap((level) => [...level.querySelectorAll('canvas')])) {
      const { left, top, width, height } = tile.getBoundingClientRect();
      g.drawImage(tile, (left - frame.left) * by, (top - frame.top) * by, width * by, height * by);
    }
    canvas.toBlob((blob) => {
      if (!blob) return this.say.say(words.NOT_SAVED);
      download(blob, `${this.events.fileName()}.png`);
      this.say.say(words.SAVED);
    });
  }
}
