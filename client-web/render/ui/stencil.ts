// SPDX-License-Identifier: ISC
// How wide the stencil is and whether it is dithered, and the link that opens the canvas with it.

import { make } from '../../src/ui/dom';
import type { Image } from '../core/farm';
import { canvasLink, stencilOp, WIDTH_MOST, widthOf } from '../core/stencil';
import * as words from '../core/words';
import { base } from '../net/facts';

/** While one types or slides, only where one rests is rendered. */
const REST_MS = 250;

export class Stencil {
  readonly root = make('form', { className: 'stencil' });
  private readonly width = make('input', { type: 'number', min: '1', max: String(WIDTH_MOST), inputMode: 'numeric' });
  private readonly dither = make('input', { type: 'checkbox' });
  private readonly link = make('a', { className: 'action', target: '_blank', rel: 'noopener' });
  private readonly says = make('p', { className: 'quiet' });
  private image: Image | null = null;
  private title = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `picture` shows a stencil and tells when it has come. */
  constructor(
    private readonly canvas: string | null,
    private readonly picture: (path: string, made: (image: HTMLImageElement | null) => void) => void,
  ) {
    this.says.setAttribute('role', 'status');
    this.link.textContent = words.OPEN_ON_CANVAS;
    this.root.append(
      make('label', {}, words.WIDTH, this.width),
      make('label', {}, this.dither, words.DITHER),
      this.link,
      this.says,
    );
    this.root.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.render(), REST_MS);
    });
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      this.render();
    });
  }

  /** Another image is shown, whose stencil is not there yet. */
  begin(image: Image, title: string): void {
    clearTimeout(this.timer);
    this.image = image;
    this.title = title;
    this.width.value = String(widthOf(image));
    this.dither.checked = false;
    this.root.hidden = true;
    this.says.textContent = '';
  }

  /** The one that is made with the others has been made. */
  ready(): void {
    this.root.hidden = false;
    this.show('stencil');
  }

  private render(): void {
    clearTimeout(this.timer);
    if (!this.width.checkValidity() || !this.width.value) {
      this.says.textContent = words.WIDTH_WRONG;
      return;
    }
    this.show(stencilOp({ width: Number(this.width.value), dither: this.dither.checked }));
  }

  private show(op: string): void {
    if (!this.image) return;
    const path = `images/${this.image.id}/${op}`;
    this.says.textContent = words.variantWords.running;
    this.link.hidden = true;
    this.picture(path, (image) => {
      if (!image) {
        this.says.textContent = words.variantWords.failed;
        return;
      }
      const { naturalWidth, naturalHeight } = image;
      if (op === 'stencil') this.width.value = String(naturalWidth);
      this.says.textContent = words.stencilSize(naturalWidth, naturalHeight);
      this.link.hidden = this.canvas === null;
      if (this.canvas === null) return;
      this.link.href = canvasLink(this.canvas, new URL(path, base).href, naturalWidth, this.title);
    });
  }
}
