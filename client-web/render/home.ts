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

/** The valley of sea horses, about -0.7436 + 0.1314i. */
const SEA_HORSES = { x: 449, y: 479, z: 10 };

interface Card {
  readonly page: keyof typeof words.CARDS;
  /** The path of a picture, or null: there is none yet. */
  readonly picture: string | null;
}

/** The tile of a map that has most of Europe and Africa on it. */
const mapTile = ({ styles: [style] }: Facts): string | null => {
  if (!style) return null;
  const z = Math.min(style.maxZoom, Math.max(style.minZoom, 2));
  const middle = 2 ** z / 2;
  return `map/${style.hash}/${z}/${middle}/${Math.max(0, middle - 1)}@2x.png`;
};

async function cards(facts: Facts): Promise<Card[]> {
  const { fractal, styles, images } = facts;
  const all: Card[] = [];
  if (fractal) all.push({ page: 'explore', picture: tilePath(fractal, MANDELBROT, fractal.palettes[0]!, SEA_HORSES) });
  if (styles.length > 0) all.push({ page: 'maps', picture: mapTile(facts) });
  if (images) {
    const [newest] = await fetchImages(1).catch(() => []);
    const done = newest?.variants.get('thumbnail')?.state === 'done';
    all.push({ page: 'factory', picture: done ? `images/${newest!.id}/thumbnail` : null });
  }
  return all;
}

function show({ page, picture }: Card): HTMLElement {
  const [title, text] = words.CARDS[page];
  const image = make('div', { className: 'picture' });
  if (!picture) image.dataset.none = 'true';
  else {
    // Beside its title it says nothing new.
    const shown = make('img', { src: new URL(picture, base).href, alt: '' });
    shown.addEventListener('load', () => (image.dataset.loaded = 'true'));
    shown.addEventListener('error', () => {
      shown.remove();
      image.dataset.none = 'true';
    });
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
