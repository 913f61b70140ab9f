// SPDX-License-Identifier: ISC
// The first page: what there is, with a picture of each.

import { make } from '../src/ui/dom';
import type { Facts } from './core/facts';
import { isFields, natural } from './core/facts';
import { MANDELBROT, tilePath } from './core/fractal';
import * as words from './core/words';
import { base } from './net/facts';
import { fetchImages } from './net/images';
import { element, facts } from './ui/page';
import { Say } from './ui/say';

/** In the valley of sea horses, about -0.746 + 0.114i: the first of two by two tiles. */
const SEA_HORSES = { x: 448, y: 482, z: 10 };

interface Card {
  readonly page: keyof typeof words.CARDS;
  /** The paths of one picture, of two by two, or of none as long as there is none. */
  readonly pictures: readonly string[];
}

/** The tile of a map that has most of Europe and Africa on it. */
function mapTile({ styles: [style] }: Facts): string[] {
  if (!style) return [];
  const z = Math.min(style.maxZoom, Math.max(style.minZoom, 2));
  const middle = 2 ** z / 2;
  return [`map/${style.hash}/${z}/${middle}/${Math.max(0, middle - 1)}@2x.png`];
}

function fractalTiles(fractal: NonNullable<Facts['fractal']>): string[] {
  const { x, y, z } = SEA_HORSES;
  const four = [0, 1].flatMap((down) => [0, 1].map((right) => ({ x: x + right, y: y + down, z })));
  return four.map((at) => tilePath(fractal, MANDELBROT, fractal.palettes[0]!, at));
}

async function cards(facts: Facts): Promise<Card[]> {
  const { fractal, styles, images } = facts;
  const all: Card[] = [];
  if (fractal) all.push({ page: 'explore', pictures: fractalTiles(fractal) });
  if (styles.length > 0) all.push({ page: 'maps', pictures: mapTile(facts) });
  if (images) {
    const [newest] = await fetchImages(1).catch(() => []);
    const done = newest?.variants.get('thumbnail')?.state === 'done';
    all.push({ page: 'factory', pictures: done ? [`images/${newest!.id}/thumbnail`] : [] });
  }
  return all;
}

function show({ page, pictures }: Card): HTMLElement {
  const [title, text] = words.CARDS[page];
  const image = make('div', { className: 'picture' });
  const none = () => {
    image.replaceChildren();
    image.dataset.of = '0';
  };
  image.dataset.of = String(pictures.length);
  for (const path of pictures) {
    // Beside its title it says nothing new.
    const shown = make('img', { src: new URL(path, base).href, alt: '' });
    shown.addEventListener('load', () => (shown.dataset.loaded = 'true'));
    shown.addEventListener('error', none);
    image.append(shown);
  }
  const link = make('a', { className: 'surface', href: `./${page}` }, image, make('h2', { textContent: title }));
  link.append(make('p', { className: 'quiet', textContent: text }));
  return make('li', {}, link);
}

/** What the farm has done; nothing when that is not known. */
async function farmLine(): Promise<string> {
  const answer = await fetch(new URL('metrics/json', base));
  const value: unknown = answer.ok ? await answer.json() : null;
  const totals = isFields(value) ? value.totals : null;
  return isFields(totals) ? words.farmWords(natural(totals.workers), natural(totals.busy), natural(totals.done)) : '';
}

async function start(): Promise<void> {
  const say = new Say(element('say'), element('say-text'));
  const known = await facts(say);
  const all = await cards(known);
  const canvas = element<HTMLAnchorElement>('canvas');
  canvas.hidden = known.canvas === null;
  if (known.canvas) canvas.href = known.canvas;
  element('cards').replaceChildren(...all.map(show));
  if (all.length === 0) say.hold(words.NOTHING_HERE);
  element('farm').textContent = await farmLine().catch(() => '');
}

void start();
