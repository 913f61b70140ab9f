// SPDX-License-Identifier: ISC
// The staff's part of the page: a token opens it. It shows what moderators need beside the picture; all
// it does goes through the admin API, with a reason, and is recorded there.

import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { invalidate } from '../../app/invalidate';
import * as moving from '../../app/moving';
import * as state from '../../app/state';
import type { Cell, Rect } from '../../core/edit';
import { rectOf } from '../../core/predicate';
import type { Point } from '../../core/view';
import type { Layer, Slot } from '../../layers/layer';
import { Control, type Fields } from '../../net/control';
import { t } from '../../texts';
import type { SeenPixel } from './area';
import { Console } from './console';
import { Desk } from './desk';
import { staffKey } from './keys';
import { Overlay } from './overlay';
import { number, rowsOf, text, texts } from './records';
import { rememberedToken, rememberToken } from './token';
import './staff.css';

export interface StaffHost {
  readonly base: URL;
  readonly main: HTMLElement;
  cellAt(point: Point): Cell;
  set(slot: Slot, layer: Layer | null): void;
  /** Hands the keys back to the canvas. */
  focus(): void;
}

/** A window that has room for the audit beside the console. */
const WIDE = '(min-width: 1200px) and (min-height: 640px)';

export class Staff {
  private readonly desk = signal<Desk | null>(null);
  private readonly trouble = signal('');
  private readonly who = signal('');
  private readonly seen = signal<SeenPixel | null>(null);
  private readonly folded = signal(false);
  private readonly wide = signal(matchMedia(WIDE).matches);
  private readonly root = document.createElement('div');
  private opened = false;
  /** Where growing a rectangle by keys began, and where it is now. */
  private from: Cell | null = null;
  private far: Cell | null = null;
  private endDrag: (() => void) | null = null;

  constructor(private readonly host: StaffHost) {
    this.root.id = 'staff-root';
    host.main.append(this.root);
    matchMedia(WIDE).addEventListener('change', ({ matches }) => (this.wide.value = matches));
    effect(() => {
      const desk = this.desk.value;
      host.set('staff', desk && new Overlay(desk));
    });
    effect(() => {
      const desk = this.desk.value;
      if (desk) for (const seen of [desk.area, desk.preview, desk.hatched, desk.veiled]) seen.value;
      invalidate('layers');
    });
  }

  get open(): boolean {
    return this.opened;
  }

  /** With the token of this tab, or asks for one. */
  enter(): void {
    if (this.opened) return;
    this.opened = true;
    this.host.main.toggleAttribute('data-staff', true);
    const token = rememberedToken();
    if (token) void this.begin(token);
    const { desk, trouble, who, folded, wide } = this;
    render(
      <Console
        {...{ desk, trouble, who, folded, wide }}
        pixel={this.seen}
        enter={(token) => void this.begin(token)}
        leave={() => this.leave()}
        drag={() => this.drag()}
        goTo={moving.flyTo}
      />,
      this.root,
    );
  }

  leave(): void {
    rememberToken(null);
    this.endDrag?.();
    this.desk.value?.leaveAction();
    this.desk.value = null;
    this.trouble.value = '';
    this.opened = false;
    render(null, this.root);
    this.host.main.toggleAttribute('data-staff', false);
    if (location.hash === '#staff') history.replaceState(null, '', location.pathname + location.search);
    this.host.focus();
  }

  /** Whether a key was for the staff. */
  key(event: KeyboardEvent): boolean {
    if (!this.opened || !this.desk.value) return false;
    return staffKey(event, {
      escape: () => this.escape(),
      grow: (dx, dy) => this.grow(dx, dy),
      focus: this.host.focus,
    });
  }

  /** Who made this pixel so, with what only the staff see. */
  pixel({ x, y }: Cell): void {
    const desk = this.desk.value;
    if (!desk) return;
    this.seen.value = { x, y, changes: null };
    if (!desk.action.value) desk.tab.value = 'pixel';
    void desk.attempt(async () => {
      const rows = rowsOf(await desk.control.get('who', { x, y }), 'changes');
      const { value } = this.seen;
      if (value?.x === x && value.y === y) this.seen.value = { x, y, changes: rows.map(changeOf) };
    });
  }

  private async begin(token: string): Promise<void> {
    this.trouble.value = '';
    const control = new Control(this.host.base, token);
    // One that stopped counting while it was used is asked for again, and nothing else is lost.
    const desk = new Desk(control, () => {
      rememberToken(null);
      this.trouble.value = t().staff.errors.token;
      this.desk.value = null;
    });
    try {
      const status = (await control.get('status')) as { token?: { name?: string; role?: string } };
      rememberToken(token);
      this.who.value = [status.token?.name, status.token?.role].filter(Boolean).join(', ');
      this.desk.value = desk;
      this.host.focus();
      void desk.followOther();
    } catch (error) {
      this.trouble.value = desk.wordsOf(error);
    }
  }

  private escape(): boolean {
    const desk = this.desk.value!;
    const action = desk.action.value;
    if (this.endDrag) this.endDrag();
    else if (action?.stage.value === 'working') void desk.stop();
    else if (action) desk.leaveAction();
    else if (desk.area.value && document.activeElement?.closest('#staff') === null && state.reticle.value === null)
      desk.choose(null);
    else return false;
    return true;
  }

  /** The rectangle between where this began and where the reticle is. */
  private grow(dx: number, dy: number): void {
    const desk = this.desk.value!;
    const { reticle } = state;
    const same = this.far && reticle.value?.x === this.far.x && reticle.value.y === this.far.y;
    if (!same || !this.from || !desk.area.value) {
      // Without a reticle there is one in the middle now.
      if (!reticle.value) moving.move(0, 0);
      this.from = reticle.value;
    }
    moving.move(dx, dy);
    this.far = reticle.value;
    if (this.from && this.far) desk.choose(rectOf(this.from, this.far));
    desk.tab.value = 'area';
  }

  /** The next drag on the canvas makes a rectangle. */
  private drag(): void {
    const { host } = this;
    const desk = this.desk.value!;
    this.endDrag?.();
    const before = desk.area.value;
    const sheet = document.createElement('div');
    sheet.id = 'staff-drag';
    desk.leaveAction();
    desk.notice.value = t().staff.dragNow;
    host.main.toggleAttribute('data-dragging', true);
    const end = () => {
      sheet.remove();
      this.endDrag = null;
      host.main.toggleAttribute('data-dragging', false);
      desk.notice.value = '';
      host.focus();
    };
    this.endDrag = () => {
      end();
      desk.area.value = before;
    };
    let from: Cell | null = null;
    const at = ({ clientX: x, clientY: y }: PointerEvent) => host.cellAt({ x, y });
    sheet.addEventListener('pointerdown', (event) => {
      from = at(event);
      if (event.isTrusted) sheet.setPointerCapture(event.pointerId);
      desk.area.value = rectOf(from, from);
    });
    sheet.addEventListener('pointermove', (event) => {
      if (from) desk.area.value = rectOf(from, at(event));
    });
    sheet.addEventListener('pointerup', (event) => {
      if (!from) return;
      const area: Rect = rectOf(from, at(event));
      end();
      desk.choose(area);
      desk.tab.value = 'area';
    });
    host.main.querySelector('#marks')!.after(sheet);
  }
}

function changeOf(row: Fields) {
  const networks = texts(row.net).map((net) => (net.startsWith('net:') ? net : `net:${net}`));
  return {
    author: text(row.author),
    name: text(row.name),
    time: number(row.time),
    networks,
    action: number(row.action),
  };
}
