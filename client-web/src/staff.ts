// SPDX-License-Identifier: ISC
// The staff's part of the page: a token opens it. It shows what moderators need beside the picture; all
// it does goes through the admin API, with a reason, and is recorded there.

import './ui/staff/staff.css';
import type { Cell, Rect } from './core/edit';
import { rectOf } from './core/predicate';
import { agoWords } from './core/time';
import type { Point } from './core/view';
import { Control, ControlError, type Author } from './net/control';
import { button, make } from './ui/dom';
import { belongsTo } from './ui/belongs';
import { AreaTab } from './ui/staff/area';
import { AuditTab, BansTab, RegionsTab, ReportsTab } from './ui/staff/lists';
import { Overlay } from './ui/staff/overlay';

export interface StaffHost {
  readonly base: URL;
  readonly main: HTMLElement;
  cellAt(point: Point): Cell;
  screenOf(area: Rect): Rect;
  goTo(area: Rect): void;
  /** Hands the keys back to the canvas. */
  focus(): void;
}

/** Known to main.ts as well. */
const TOKEN_KEY = 'placed.staff';

const rememberedToken = (): string | null => {
  try {
    return sessionStorage.getItem(TOKEN_KEY);
  } catch {
    return null;
  }
};

function remember(token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(TOKEN_KEY);
    else sessionStorage.setItem(TOKEN_KEY, token);
  } catch {
    // Then it is asked for again after a reload.
  }
}

export class Staff {
  private readonly panel = make('aside', { id: 'staff', className: 'surface' });
  private readonly body = make('div', { className: 'body' });
  private readonly notice = make('p', { className: 'notice' });
  private readonly overlay: Overlay;
  private control: Control | null = null;
  private area: AreaTab | null = null;
  private reports: ReportsTab | null = null;
  private pixelTab: HTMLElement | null = null;
  private showTab: (name: string) => void = () => {};

  constructor(private readonly host: StaffHost) {
    this.panel.setAttribute('aria-label', 'Staff');
    this.notice.setAttribute('role', 'status');
    this.panel.append(this.body, this.notice);
    this.panel.hidden = true;
    host.main.append(this.panel);
    this.overlay = new Overlay(host.main, host.screenOf);
  }

  get open(): boolean {
    return !this.panel.hidden;
  }

  /** With the token of this tab, or asks for one. */
  enter(): void {
    if (this.open) return;
    this.panel.hidden = false;
    this.host.main.toggleAttribute('data-staff', true);
    const token = rememberedToken();
    if (token) void this.begin(token);
    else this.askForToken();
  }

  leave(): void {
    remember(null);
    this.control = null;
    this.area?.choose(null);
    this.panel.hidden = true;
    this.host.main.toggleAttribute('data-staff', false);
    if (location.hash === '#staff') history.replaceState(null, '', location.pathname + location.search);
    this.host.focus();
  }

  moved(): void {
    if (this.open) this.overlay.moved();
  }

  /** Whether a key was for the staff. */
  key(event: KeyboardEvent): boolean {
    if (!this.control || !this.reports?.root.isConnected || belongsTo(event.target, event.key)) return false;
    const step = { KeyJ: 1, KeyK: -1 }[event.code] as 1 | -1 | undefined;
    if (step) this.reports.step(step);
    return step !== undefined;
  }

  /** Who made this pixel so, with what only the staff see. */
  pixel(cell: Cell): void {
    const { control } = this;
    if (!control || !this.pixelTab) return;
    const tab = this.pixelTab;
    void this.attempt(async () => {
      const answer = (await control.get('who', { x: cell.x, y: cell.y })) as {
        changes?: (Author & { time?: number; net?: string[]; action?: number })[];
      };
      const rows = (answer.changes ?? []).map(({ author, name, time, net, action }) => {
        const who = action ? `action ${action}` : name || author;
        const details = [action ? '' : author, ...(net ?? []).slice(0, 3), time ? agoWords(time, Date.now()) : ''];
        return make(
          'li',
          {},
          make('span', { className: 'title', textContent: who }),
          make('span', { className: 'quiet', textContent: details.filter(Boolean).join(' · ') }),
        );
      });
      const where = make('p', { className: 'quiet', textContent: `${cell.x}, ${cell.y}` });
      const none = make('li', { textContent: 'Nobody has painted here yet' });
      const around = button('Take the area around it', () => {
        const area = { x0: cell.x - 10, y0: cell.y - 10, x1: cell.x + 11, y1: cell.y + 11 };
        this.showTab('Area');
        this.area!.choose(area);
      });
      const list = make('ul', { className: 'rows' }, ...(rows.length > 0 ? rows : [none]));
      tab.replaceChildren(where, list, make('div', { className: 'actions' }, around));
      this.showTab('Pixel');
    });
  }

  private say(words: string): void {
    this.notice.textContent = words;
  }

  private async attempt(what: () => Promise<void>): Promise<void> {
    this.say('');
    try {
      await what();
    } catch (error) {
      this.say(error instanceof ControlError ? error.message : `It failed: ${String(error)}`);
      if (error instanceof ControlError && error.status === 401) {
        remember(null);
        this.askForToken();
      }
    }
  }

  private askForToken(): void {
    this.control = null;
    const input = make('input', { type: 'password', name: 'token', required: true });
    input.autocomplete = 'off';
    const go = make('button', { type: 'submit', textContent: 'Open', className: 'main' });
    const form = make('form', {}, make('label', {}, 'Token of the staff', input));
    form.append(make('div', { className: 'actions' }, button('Cancel', () => this.leave()), go));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.begin(input.value.trim());
    });
    this.body.replaceChildren(form);
    input.focus();
  }

  private begin(token: string): Promise<void> {
    return this.attempt(async () => {
      const control = new Control(this.host.base, token);
      const status = (await control.get('status')) as { token?: { name?: string; role?: string } };
      remember(token);
      this.control = control;
      this.build(control, `${status.token?.name ?? 'staff'}, ${status.token?.role ?? ''}`);
      this.host.focus();
    });
  }

  private build(control: Control, who: string): void {
    const common = {
      control,
      attempt: (what: () => Promise<void>) => this.attempt(what),
      say: (words: string) => this.say(words),
    };
    this.area = new AreaTab({ ...common, overlay: this.overlay, drag: () => this.drag() });
    const lists = {
      ...common,
      goTo: (area: Rect) => {
        this.overlay.select(area);
        this.host.goTo(area);
      },
    };
    const reports = (this.reports = new ReportsTab(lists));
    const pixel = (this.pixelTab = make('div', { className: 'tab' }));
    pixel.append(make('p', { className: 'quiet', textContent: 'Hold a pixel, or press I' }));
    const tabs = new Map<string, { root: HTMLElement; load?(): Promise<void> }>([
      ['Area', { root: this.area.root }],
      ['Pixel', { root: pixel }],
      ['Reports', reports],
      ['Bans', new BansTab(lists)],
      ['Regions', new RegionsTab(lists)],
      ['Audit', new AuditTab(lists)],
    ]);
    const content = make('div', { className: 'content' });
    const bar = make('nav', { className: 'tabs' });
    this.showTab = (name) => {
      const tab = tabs.get(name)!;
      content.replaceChildren(tab.root);
      for (const item of bar.children) item.setAttribute('aria-pressed', String(item.textContent === name));
    };
    for (const [name, tab] of tabs) {
      bar.append(
        button(name, () => {
          this.showTab(name);
          void tab.load?.();
        }),
      );
    }
    const close = button('Leave', () => this.leave());
    const head = make('header', {}, make('h2', { textContent: 'Staff' }), make('span', { className: 'quiet', textContent: who }), close);
    this.body.replaceChildren(head, bar, content);
    this.showTab('Area');
  }

  /** The next drag on the canvas makes a rectangle. */
  private drag(): void {
    const { host } = this;
    const sheet = make('div', { id: 'staff-drag' });
    this.say('Drag over the canvas');
    this.panel.toggleAttribute('data-away', true);
    const end = () => {
      sheet.remove();
      this.panel.toggleAttribute('data-away', false);
      document.removeEventListener('keydown', leave, true);
      this.say('');
      host.focus();
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      end();
    };
    let from: Cell | null = null;
    const at = ({ clientX: x, clientY: y }: PointerEvent) => host.cellAt({ x, y });
    sheet.addEventListener('pointerdown', (event) => {
      from = at(event);
      if (event.isTrusted) sheet.setPointerCapture(event.pointerId);
      this.overlay.select(rectOf(from, from));
    });
    sheet.addEventListener('pointermove', (event) => {
      if (from) this.overlay.select(rectOf(from, at(event)));
    });
    sheet.addEventListener('pointerup', (event) => {
      if (!from) return;
      const area = rectOf(from, at(event));
      end();
      this.area!.choose(area);
    });
    document.addEventListener('keydown', leave, true);
    host.main.querySelector('#marks')!.after(sheet);
  }
}
