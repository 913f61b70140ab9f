// SPDX-License-Identifier: ISC
// One image with all of its variants, each as soon as it is there; and the stencil as one wants it.

import { button, make } from '../../src/ui/dom';
import type { Farm, Image, Variant } from '../core/farm';
import * as words from '../core/words';
import { base } from '../net/facts';
import { element } from './page';
import { Stencil } from './stencil';

/** The short name of an image that has none. */
const SHORT = 8;

interface Figure {
  readonly root: HTMLElement;
  readonly link: HTMLAnchorElement;
  readonly picture: HTMLElement;
  readonly state: HTMLElement;
}

export class ImageView {
  /** The image that is shown, or null. */
  id: string | null = null;
  /** What uploaded images are called; the server does not know. */
  readonly titles = new Map<string, string>();
  private shown: string | null = null;
  private readonly figures = new Map<string, Figure>();
  private stencil: Stencil | null = null;
  /** All variants of it are done, and that was said. */
  private complete = false;
  private readonly title = make('h2', { id: 'image-title' });
  private readonly line = make('p', { className: 'quiet' });
  private readonly original = make('a', { className: 'original' });

  constructor(
    private readonly root: HTMLElement,
    private readonly ops: readonly string[],
    private readonly canvas: string | null,
    close: () => void,
  ) {
    const closeButton = button('×', close);
    closeButton.className = 'close';
    closeButton.setAttribute('aria-label', words.CLOSE);
    const list = make('ul', { className: 'variants' });
    for (const op of ops) list.append(this.figure(op));
    root.append(make('header', {}, make('div', {}, this.title, this.line), closeButton), list);
  }

  show(farm: Farm): void {
    const image = this.id === null ? null : (farm.images.get(this.id) ?? null);
    this.root.hidden = image === null;
    if (!image) {
      this.shown = null;
      return;
    }
    if (image.id !== this.shown) this.begin(image);
    this.line.replaceChildren(`${words.imageWords(image)}, ${words.ago(image.time, Date.now())}. `, this.original);
    for (const op of this.ops) this.variant(image, op, image.variants.get(op));
    const all = this.ops.every((op) => image.variants.get(op)?.state === 'done');
    if (all && !this.complete) element('announcer').textContent = words.ALL_DONE;
    this.complete = all;
  }

  private begin(image: Image): void {
    this.shown = image.id;
    this.complete = false;
    this.title.textContent = this.titles.get(image.id) || `Image ${image.id.slice(0, SHORT)}`;
    this.original.href = new URL(`images/${image.id}/original`, base).href;
    this.original.textContent = words.ORIGINAL;
    for (const { root, picture, link } of this.figures.values()) {
      delete root.dataset.state;
      picture.replaceChildren();
      link.removeAttribute('href');
    }
    this.stencil?.begin(image, this.title.textContent);
  }

  private figure(op: string): HTMLElement {
    const picture = make('div', { className: 'picture' });
    const link = make('a', {}, picture);
    const state = make('span', { className: 'quiet' });
    const head = make('div', { className: 'head' }, make('h3', { textContent: words.opWords(op) }), state);
    const root = make('li', {}, link, head);
    root.dataset.op = op;
    this.figures.set(op, { root, link, picture, state });
    if (op === 'stencil') {
      this.stencil = new Stencil(this.canvas, (path, made) => this.picture(op, path, made));
      root.append(this.stencil.root);
    }
    return root;
  }

  private variant(image: Image, op: string, variant: Variant | undefined): void {
    const { root, state } = this.figures.get(op)!;
    const now = variant?.state ?? 'queued';
    const { ms, bytes } = variant ?? { ms: 0, bytes: 0 };
    const numbers = [bytes > 0 ? words.bytesWords(bytes) : '', ms > 0 ? words.msWords(ms) : ''];
    const text = now === 'done' ? numbers.filter(Boolean).join(', ') : words.variantWords[now];
    if (state.textContent !== text) state.textContent = text;
    if (root.dataset.state === now) return;
    root.dataset.state = now;
    if (now !== 'done') return;
    if (op === 'stencil' && this.stencil) this.stencil.ready();
    else this.picture(op, `images/${image.id}/${op}`);
  }

  /** Shows a picture in its place; the one before stays until it has come. */
  private picture(op: string, path: string, made?: (image: HTMLImageElement | null) => void): void {
    const { picture, link, root } = this.figures.get(op)!;
    const image = make('img', { alt: words.variantAlt(op), decoding: 'async' });
    const of = this.shown;
    root.dataset.path = path;
    const end = (came: boolean) => {
      // Meanwhile another one may have been wanted.
      if (this.shown !== of || root.dataset.path !== path) return;
      if (came) picture.replaceChildren(image);
      made?.(came ? image : null);
    };
    image.addEventListener('load', () => end(true));
    image.addEventListener('error', () => end(false));
    link.href = image.src = new URL(path, base).href;
  }
}
