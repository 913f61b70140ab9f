// SPDX-License-Identifier: ISC
// The map: a style, a place, and what is being rendered ahead of it.

import { LatLng, LatLngBounds } from 'leaflet';
import { make } from '../src/ui/dom';
import type { Facts, Style } from './core/facts';
import { Farm, leftMs } from './core/farm';
import { degreeDigits, formatMap, parseMap } from './core/link';
import * as words from './core/words';
import { followEvents } from './net/events';
import { fetchFacts } from './net/facts';
import { MapFrame } from './ui/mapframe';
import { element, facts } from './ui/page';
import { Say } from './ui/say';

const TILE_PX = 256;
const DENSE = 1.5;
const REST_MS = 250;
/** One may go around the world, and a little past the poles. */
const AROUND = new LatLngBounds([-88, -540], [88, 540]);
/** How often the styles are asked for again when tiles are gone. */
const STYLES_MS = 10_000;
/** How often the time that is left is told anew. */
const TICK_MS = 1_000;
/** Batches that are over stay in the list for so long. */
const OVER_MS = 60_000;

class Maps {
  private style: Style;
  private readonly frame: MapFrame;
  private readonly farm = new Farm();
  private linkTimer: ReturnType<typeof setTimeout> | undefined;
  private askedAt = 0;
  private ready = false;

  constructor(private styles: readonly Style[]) {
    this.style = styles[0]!;
    this.frame = new MapFrame(
      {
        moved: () => this.moved(),
        home: () => this.home(),
        gone: () => void this.stylesAgain(),
        fileName: () => this.style.name,
      },
      { maxBounds: AROUND, maxZoom: this.style.maxZoom },
    );
    this.offerStyles();
    this.follow();
    window.addEventListener('popstate', () => this.follow());
    this.frame.map.on('mousemove', ({ latlng }) => this.showWhere(latlng));
    this.frame.map.on('mouseout move', () => this.showWhere(this.frame.map.getCenter()));
    followEvents(this.farm, {
      changed: (_farm, what) => {
        if (what === 'batches' || what === 'all') this.showBatches();
      },
      live: () => {},
    });
    setInterval(() => this.showBatches(), TICK_MS);
  }

  /** Goes where the link leads. */
  private follow(): void {
    const place = parseMap(location.hash, this.most);
    const style = this.styles.find(({ name }) => name === place?.style) ?? this.style;
    if (!this.ready || style !== this.style) this.use(style, place ? { lat: place.lat, lng: place.lng, zoom: place.zoom } : null);
    else if (place) this.frame.map.setView(new LatLng(place.lat, place.lng), place.zoom, this.frame.movement);
    else this.home();
  }

  private get most(): number {
    return Math.max(...this.styles.map(({ maxZoom }) => maxZoom));
  }

  private use(style: Style, place: { lat: number; lng: number; zoom: number } | null): void {
    const { map } = this.frame;
    const samePlace = this.ready && !place;
    this.style = style;
    map.setMinZoom(style.minZoom);
    map.setMaxZoom(style.maxZoom);
    if (place) map.setView(new LatLng(place.lat, place.lng), place.zoom, { animate: false });
    else if (!this.ready) map.setView(new LatLng(20, 0), this.whole, { animate: false });
    this.ready = true;
    const scale = window.devicePixelRatio >= DENSE ? 2 : 1;
    const { hash, background, attribution } = style;
    map.getContainer().style.background = background ?? '';
    const notice = element('attribution');
    notice.textContent = attribution;
    notice.hidden = attribution === '';
    for (const input of element('styles').querySelectorAll('input')) input.checked = input.value === style.name;
    this.frame.show(
      {
        tileSize: TILE_PX,
        pixels: TILE_PX * scale,
        zoomOffset: 0,
        keepBuffer: 1,
        pathOf: ({ x, y, z }) => `map/${hash}/${z}/${x}/${y}${scale === 2 ? '@2x' : ''}.png`,
      },
      samePlace,
    );
    this.moved();
  }

  /** The zoom at which the world fills the window's smaller side. */
  private get whole(): number {
    const fits = Math.floor(Math.log2(Math.max(innerWidth, innerHeight) / TILE_PX));
    return Math.min(this.style.maxZoom, Math.max(this.style.minZoom, fits));
  }

  private home(): void {
    history.pushState(null, '', location.href);
    this.frame.map.setView(new LatLng(20, 0), this.whole, this.frame.movement);
  }

  private offerStyles(): void {
    const root = element('styles');
    root.hidden = this.styles.length < 2;
    root.replaceChildren(
      ...this.styles.map((style) => {
        const input = make('input', { type: 'radio', name: 'style', value: style.name });
        input.addEventListener('change', () => {
          this.writeLink();
          history.pushState(null, '', location.href);
          this.use(style, null);
        });
        return make('label', {}, input, style.name);
      }),
    );
  }

  /** Tiles are gone: was a style changed? */
  private async stylesAgain(): Promise<void> {
    if (Date.now() < this.askedAt + STYLES_MS) return;
    this.askedAt = Date.now();
    const { styles } = await fetchFacts().catch(() => ({ styles: this.styles }));
    const same = styles.find(({ name }) => name === this.style.name);
    if (!same || same.hash === this.style.hash) return;
    this.styles = styles;
    this.offerStyles();
    this.use(same, null);
  }

  private moved(): void {
    clearTimeout(this.linkTimer);
    this.linkTimer = setTimeout(() => {
      this.writeLink();
      element('announcer').textContent = element('where').innerText;
    }, REST_MS);
    this.showWhere(this.frame.map.getCenter());
  }

  private writeLink(): void {
    clearTimeout(this.linkTimer);
    if (!this.ready) return;
    const { map } = this.frame;
    const { lat, lng } = map.getCenter().wrap();
    const style = this.styles.length > 1 ? this.style.name : null;
    history.replaceState(null, '', formatMap({ style, lat, lng, zoom: map.getZoom() }));
  }

  private showWhere(at: LatLng): void {
    if (!this.ready) return;
    const zoom = this.frame.map.getZoom();
    const digits = degreeDigits(zoom);
    const { lat, lng } = at.wrap();
    element('where').replaceChildren(
      make('span', { textContent: words.degrees(lat, digits, 'N', 'S') }),
      make('span', { textContent: words.degrees(lng, digits, 'E', 'W') }),
      make('span', { textContent: `zoom ${zoom}`, className: 'quiet' }),
    );
  }

  /** What is rendered ahead, of this style, newest first. */
  private showBatches(): void {
    const now = Date.now();
    const shown = [...this.farm.batches.values()]
      .filter(({ style, state, toldAt }) => style === this.style.name && (state === 'running' || now - toldAt < OVER_MS))
      .reverse();
    const root = element('batches');
    root.hidden = shown.length === 0;
    root.querySelector('ul')!.replaceChildren(
      ...shown.map((batch) => {
        const bar = make('progress', { max: Math.max(1, batch.jobs), value: batch.done + batch.failed });
        bar.setAttribute('aria-label', words.batchTitle(batch));
        const line = make('p', { className: 'quiet', textContent: words.batchWords(batch, leftMs(batch, now)) });
        return make('li', {}, make('p', { textContent: words.batchTitle(batch) }), bar, line);
      }),
    );
  }
}

async function start(): Promise<void> {
  const say = new Say(element('say'), element('say-text'));
  const { styles }: Facts = await facts(say);
  if (styles.length > 0) new Maps(styles);
  else say.hold(words.NO_MAPS);
}

void start();
