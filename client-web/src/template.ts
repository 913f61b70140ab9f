// SPDX-License-Identifier: ISC
// A picture over the canvas, to paint by. It is loaded when a link names one; the link keeps it.

import './ui/template.css';
import type { Cell, Rect } from './core/edit';
import { parseTemplate, withTemplate, type TemplateLink } from './core/template/link';
import type { View } from './core/view';
import type { Hint } from './app/statusline';
import { Overlay } from './ui/overlay';

export interface TemplateHost {
  readonly main: HTMLElement;
  readonly hint: Hint;
  view(): View;
  /** The cell in the middle of what one sees. */
  middle(): Cell;
  /** Shows this part of the plane. */
  goTo(area: Rect): void;
}

/** Dragged pictures change the link when they rest. */
const REST_MS = 200;

export class Template {
  private link: TemplateLink | null = null;
  private readonly overlay: Overlay;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: TemplateHost) {
    this.overlay = new Overlay(host.main, {
      view: host.view,
      shown: (height) => this.shown(height),
      refused: (blocked) => this.refused(blocked),
      moved: (at) => this.moveTo(at),
      close: () => this.close(),
    });
  }

  /** Shows what the link names; nothing when it names nothing. */
  follow(hash: string): void {
    const link = parseTemplate(hash, location.href);
    const same = link?.address === this.link?.address;
    this.link = link;
    if (!link) return this.overlay.hide();
    if (same) this.place();
    else this.overlay.show(link);
  }

  /** The view changed. */
  moved(): void {
    if (this.link) this.overlay.draw();
  }

  /** The picture has come: it is so many cells high. */
  private shown(height: number): void {
    const { link, host } = this;
    if (!link) return;
    const { width } = this.overlay;
    if (!link.at) {
      const { x, y } = host.middle();
      this.moveTo({ x: x - Math.floor(width / 2), y: y - Math.floor(height / 2) });
      this.overlay.move(true);
      host.hint.say('Drag the picture to where it belongs');
    } else {
      this.place();
      const { x, y } = link.at;
      // A link that names no view leads to the picture.
      if (!/[#&]x=/.test(location.hash)) host.goTo({ x0: x, y0: y, x1: x + width, y1: y + height });
      this.write();
    }
  }

  private place(): void {
    const { link } = this;
    if (link?.at) this.overlay.place(link.at);
  }

  private moveTo(at: Cell): void {
    if (!this.link) return;
    this.link = { ...this.link, at };
    this.place();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), REST_MS);
  }

  private write(): void {
    clearTimeout(this.timer);
    if (this.link) history.replaceState(null, '', withTemplate(location.hash, this.link));
  }

  private close(): void {
    clearTimeout(this.timer);
    this.link = null;
    this.overlay.hide();
    const rest = withTemplate(location.hash, null);
    history.replaceState(null, '', rest || location.pathname + location.search);
  }

  private refused(blocked: boolean): void {
    const { host } = new URL(this.link!.address);
    this.close();
    this.host.hint.say(
      blocked ? `This canvas shows no pictures from ${host}` : "The picture of the template can't be fetched",
    );
  }
}
