// SPDX-License-Identifier: ISC
// The images that came lately, newest first, more when asked for.

import { make } from '../../src/ui/dom';
import type { Farm, Image } from '../core/farm';
import * as words from '../core/words';
import { base } from '../net/facts';
import { fetchImages } from '../net/images';
import { element } from './page';
import type { Say } from './say';

const PAGE = 24;
const AGAIN_MS = 3_000;

interface Tile {
  readonly root: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly state: HTMLElement;
}

export class Gallery {
  private readonly tiles = new Map<string, Tile>();
  private readonly list = element('images');
  private readonly more = element<HTMLButtonElement>('more');
  /** Older ones than this are shown when asked for; null: there are none. */
  private oldest: number | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly ops: readonly string[],
    private readonly farm: Farm,
    private readonly chosen: (id: string) => void,
    private readonly say: Say,
  ) {
    this.more.addEventListener('click', () => void this.load());
  }

  /** The first ones, or those after the ones that are here. */
  async load(): Promise<void> {
    this.more.disabled = true;
    for (;;) {
      try {
        const images = await fetchImages(PAGE, this.oldest);
        for (const image of [...images].reverse()) this.farm.learn(image);
        this.oldest = images.length === PAGE ? images[PAGE - 1]!.time : null;
        break;
      } catch {
        this.say.say(words.NO_LIST);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    this.more.disabled = false;
    this.more.hidden = this.oldest === null;
    this.show();
  }

  /** The newest once more; if that fails, the next snapshot brings another chance. */
  async refresh(): Promise<void> {
    const images = await fetchImages(PAGE).catch(() => []);
    for (const image of [...images].reverse()) this.farm.learn(image);
    this.show();
  }

  show(): void {
    const images = [...this.farm.images.values()].sort((a, b) => b.time - a.time);
    this.root.hidden = images.length === 0;
    const seen = new Set<string>();
    let before: Element | null = this.list.firstElementChild;
    for (const image of images) {
      const tile = this.tiles.get(image.id) ?? this.add(image);
      seen.add(image.id);
      this.update(tile, image);
      if (tile.root === before) before = before.nextElementSibling;
      else this.list.insertBefore(tile.root, before);
    }
    for (const [id, { root }] of this.tiles) {
      if (seen.has(id)) continue;
      root.remove();
      this.tiles.delete(id);
    }
  }

  private add({ id }: Image): Tile {
    const button = make('button', { type: 'button' });
    button.addEventListener('click', () => this.chosen(id));
    const state = make('span', { className: 'quiet' });
    const tile = { root: make('li', {}, button), button, state };
    button.append(make('span', { className: 'picture' }), state);
    this.tiles.set(id, tile);
    return tile;
  }

  private update({ button, state }: Tile, image: Image): void {
    const done = this.ops.filter((op) => image.variants.get(op)?.state === 'done').length;
    const when = words.ago(image.time, Date.now());
    const text = done < this.ops.length ? words.someDone(done, this.ops.length) : when;
    if (state.textContent !== text) state.textContent = text;
    const label = `${words.imageWords(image)}, ${when}`;
    if (button.title !== label) button.title = label;
    button.setAttribute('aria-label', label);
    const picture = button.firstElementChild!;
    if (picture.firstChild || image.variants.get('thumbnail')?.state !== 'done') return;
    const shown = make('img', { src: new URL(`images/${image.id}/thumbnail`, base).href, alt: '', loading: 'lazy' });
    shown.addEventListener('error', () => shown.remove());
    picture.append(shown);
  }
}
