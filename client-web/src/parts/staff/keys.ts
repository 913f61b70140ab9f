// SPDX-License-Identifier: ISC
// Keys of the staff's console: each button shows its key, and the key presses the button that shows it,
// the one of the row that one is in before all. Besides: J and K walk through rows, F6 leads from the
// canvas to the console and back, Escape leaves one thing after the other.

import { belongsTo } from '../../ui/belongs';

const PANELS = '#staff, #staff-audit';

export interface KeyHost {
  /** Escape: leaves what is open; whether there was anything. */
  escape(): boolean;
  /** Shift and an arrow: the rectangle from the reticle grows. */
  grow(dx: number, dy: number): void;
  /** The keys are the canvas's again. */
  focus(): void;
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** Cells for each time that a key is held on. */
const HELD_STEP = 4;

const panelOf = (target: EventTarget | null): Element | null =>
  target instanceof Element ? target.closest(PANELS) : null;

/** Whether a key was for the staff. */
export function staffKey(event: KeyboardEvent, host: KeyHost): boolean {
  const { key, code, shiftKey, repeat, target } = event;
  if (key === 'F6') return changePane(host);
  if (key === 'Escape') {
    if (host.escape()) return true;
    if (!panelOf(target)) return false;
    host.focus();
    return true;
  }
  const arrow = ARROWS[key];
  if (arrow && shiftKey && !panelOf(target) && !belongsTo(target, key)) {
    const by = repeat ? HELD_STEP : 1;
    host.grow(arrow[0] * by, arrow[1] * by);
    return true;
  }
  if (belongsTo(target, key)) return false;
  if (code === 'KeyJ') return walk(1);
  if (code === 'KeyK') return walk(-1);
  return press(target, shiftKey ? `⇧${key.toUpperCase()}` : key.toUpperCase());
}

/** Presses the button that shows this key. */
function press(target: EventTarget | null, key: string): boolean {
  const row = target instanceof Element ? target.closest('[data-row]') : null;
  const places = [row, ...document.querySelectorAll(PANELS)];
  for (const place of places) {
    for (const button of place?.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? []) {
      // The keys of other rows are theirs.
      const its = button.closest('[data-row]');
      if (its && its !== row) continue;
      if (button.matches('input')) button.focus();
      else button.click();
      return true;
    }
  }
  return false;
}

/** To the next row of the list, or the one before. */
function walk(by: 1 | -1): boolean {
  const here = document.activeElement?.closest('[data-row]') ?? document.querySelector('[data-row][aria-current]');
  const panel = panelOf(document.activeElement) ?? document.querySelector(PANELS);
  const rows = [...(panel?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  if (rows.length === 0) return false;
  const at = here instanceof HTMLElement ? rows.indexOf(here) : -1;
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length]!;
  for (const row of rows) row.removeAttribute('aria-current');
  next.setAttribute('aria-current', 'true');
  (next.querySelector('input') ?? next).focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

/** From the canvas to the console, from there to the audit, and back. */
function changePane(host: KeyHost): boolean {
  const panels = [...document.querySelectorAll<HTMLElement>(PANELS)];
  const at = panels.findIndex((panel) => panel.contains(document.activeElement));
  const next = panels[at + 1];
  if (next) next.querySelector<HTMLElement>('[role=tab][aria-selected=true], input, button')?.focus();
  else host.focus();
  return true;
}
