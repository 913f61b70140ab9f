// SPDX-License-Identifier: ISC
// What the staff see over the picture: the rectangle they have dragged, and what a plan would change.

import type { Rect } from '../../core/edit';
import { make } from '../dom';

export class Overlay {
  private readonly frame = make('div', { id: 'staff-area', hidden: true });
  private readonly preview = make('canvas', { id: 'staff-preview', hidden: true });
  private area: Rect | null = null;
  private shown: Rect | null = null;

  /** `screenOf` says where a rectangle of cells is on the screen, in CSS pixels. */
  constructor(
    parent: HTMLElement,
    private readonly screenOf: (area: Rect) => Rect,
  ) {
    parent.querySelector('#screen')!.after(this.preview, this.frame);
  }

  select(area: Rect | null): void {
    this.area = area;
    this.moved();
  }

  /** The picture covers these cells, however large it is. */
  async show(picture: Blob, covers: Rect): Promise<void> {
    const image = await createImageBitmap(picture);
    this.preview.width = image.width;
    this.preview.height = image.height;
    this.preview.getContext('2d')!.drawImage(image, 0, 0);
    image.close();
    this.shown = covers;
    this.moved();
  }

  clear(): void {
    this.shown = null;
    this.moved();
  }

  get previewing(): boolean {
    return this.shown !== null;
  }

  moved(): void {
    for (const [element, area] of [
      [this.frame, this.area],
      [this.preview, this.shown],
    ] as const) {
      element.hidden = area === null;
      if (!area) continue;
      const { x0, y0, x1, y1 } = this.screenOf(area);
      Object.assign(element.style, {
        left: `${x0}px`,
        top: `${y0}px`,
        width: `${x1 - x0}px`,
        height: `${y1 - y0}px`,
      });
    }
  }
}
