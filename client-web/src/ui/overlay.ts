// SPDX-License-Identifier: ISC
// The picture of a template over the canvas, and its bar: what it is, how strong it shows, moving it,
// closing it. It lies below the marks and takes no clicks, but for while it is moved.

import type { Cell } from '../core/edit';
import type { TemplateLink } from '../core/template/link';
import type { View } from '../core/view';
import { button, make } from './dom';

export interface OverlayEvents {
  view(): View;
  /** The picture has come, and is so many cells high. */
  shown(height: number): void;
  /** It does not come; `blocked`: the policy of this page does not let it. */
  refused(blocked: boolean): void;
  moved(at: Cell): void;
  close(): void;
}

const OPACITY = 0.5;
const SHIFT_STEP = 10;
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Overlay {
  /** In cells; 0 until the picture has come. */
  width = 0;
  private height = 0;
  private at: Cell = { x: 0, y: 0 };
  private image = make('img');
  /** What is dragged while the picture is moved. */
  private readonly grip = make('div', { id: 'template-grip', tabIndex: 0, hidden: true });
  private readonly bar = make('section', { id: 'template', className: 'surface', hidden: true });
  private readonly title = make('span', { className: 'title' });
  private readonly opacity = make('input', { type: 'range', min: '10', max: '100', step: '5' });
  private readonly moveButton: HTMLButtonElement;

  constructor(
    main: HTMLElement,
    private readonly events: OverlayEvents,
  ) {
    const { grip, bar, title, opacity } = this;
    this.moveButton = button('Move', () => this.move(grip.hidden));
    const close = button('×', events.close);
    close.setAttribute('aria-label', 'Close the template');
    opacity.setAttribute('aria-label', 'How strongly the template shows');
    opacity.value = String(OPACITY * 100);
    opacity.addEventListener('input', () => this.draw());
    grip.setAttribute('role', 'application');
    grip.setAttribute('aria-label', 'Template. Arrow keys move it, Enter leaves it here.');
    bar.setAttribute('aria-label', 'Template');
    bar.append(title, opacity, this.moveButton, close);
    this.drag();
    main.querySelector('#marks')!.after(grip);
    main.querySelector('#banner')!.after(bar);
  }

  show({ address, title, width }: TemplateLink): void {
    this.hide();
    const image = (this.image = make('img', { id: 'template-image', alt: '', hidden: true, draggable: false }));
    let blocked = false;
    const violated = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
      blocked ||= effectiveDirective === 'img-src';
    };
    const end = () => document.removeEventListener('securitypolicyviolation', violated);
    document.addEventListener('securitypolicyviolation', violated);
    image.addEventListener('load', () => {
      end();
      if (image !== this.image) return;
      this.width = width ?? image.naturalWidth;
      this.height = Math.max(1, Math.round((image.naturalHeight * this.width) / image.naturalWidth));
      this.title.textContent = this.title.title = title || 'Template';
      image.hidden = this.bar.hidden = false;
      this.events.shown(this.height);
    });
    image.addEventListener('error', () => {
      // The word about the policy may come after this one.
      setTimeout(() => {
        end();
        if (image === this.image) this.events.refused(blocked);
      });
    });
    image.src = address;
    document.getElementById('screen')!.after(image);
  }

  hide(): void {
    this.move(false);
    this.bar.hidden = true;
    this.image.remove();
    this.image = make('img');
    this.width = this.height = 0;
  }

  place(at: Cell): void {
    this.at = at;
    this.draw();
  }

  draw(): void {
    const { k, x, y } = this.events.view();
    for (const { style } of [this.image, this.grip]) {
      // A size and not a scale: browsers enlarge what is scaled smoothly, be it pixels or not.
      style.width = `${this.width * k}px`;
      style.height = `${this.height * k}px`;
      style.transform = `translate(${x + this.at.x * k}px, ${y + this.at.y * k}px)`;
    }
    this.image.style.opacity = String(Number(this.opacity.value) / 100);
    this.image.toggleAttribute('data-small', k < 1);
  }

  /** Whether a drag of the picture moves it, or the canvas as everywhere else. */
  move(on: boolean): void {
    this.grip.hidden = !on;
    this.moveButton.textContent = on ? 'Done' : 'Move';
    this.moveButton.setAttribute('aria-pressed', String(on));
    if (on) this.grip.focus({ preventScroll: true });
  }

  private drag(): void {
    const { grip } = this;
    let from: { x: number; y: number; at: Cell } | null = null;
    grip.addEventListener('pointerdown', (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, at: this.at };
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener('pointermove', ({ clientX, clientY, isPrimary }) => {
      if (!from || !isPrimary) return;
      const { k } = this.events.view();
      const by = (pixels: number) => Math.round(pixels / k);
      this.events.moved({ x: from.at.x + by(clientX - from.x), y: from.at.y + by(clientY - from.y) });
    });
    for (const end of ['pointerup', 'pointercancel']) grip.addEventListener(end, () => (from = null));
    grip.addEventListener('keydown', (event) => {
      const arrow = ARROWS[event.key];
      const step = event.shiftKey ? SHIFT_STEP : 1;
      if (arrow) this.events.moved({ x: this.at.x + arrow[0] * step, y: this.at.y + arrow[1] * step });
      else if (event.key === 'Enter' || event.key === 'Escape') {
        this.move(false);
        this.moveButton.focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
}
