// SPDX-License-Identifier: ISC
// What the page itself offers beside painting: the menu, the keys, the grid, the overview. Intents; what
// hangs in the menu for them, and for sharing and saving, is in parts/menu/own.ts.

import { computed, effect } from '@preact/signals';
import { gridStrength, otherWish } from '../core/grid';
import { Grid } from '../layers/grid';
import { t } from '../texts';
import { stage } from './canvas';
import { embedded } from './embed';
import { invalidate } from './invalidate';
import { menu, minimap } from './parts';
import * as settings from './settings';
import * as state from './state';
import { hint } from './statusline';

/** So much nearer than where everything is in the window, an overview is of use. */
const NEARER = 1.5;
/** Only a window of this size has room for an overview that nobody asked for. */
const WIDE = 860;
const HIGH = 480;

export const openMenu = (): void => menu.use(({ openMenu }) => openMenu());
export const openKeys = (): void => menu.use(({ openKeys }) => openKeys());

export function toggleGrid(): void {
  const { grid } = settings;
  grid.value = otherWish(grid.value, state.view.value.k);
  const words = t().menu;
  if (grid.value === 'off') hint.say(words.gridOff);
  else if (gridStrength(grid.value, state.view.value.k) === 0) hint.say(words.gridNear);
}

export const minimapShown = computed(() => {
  if (embedded || !state.info.value) return false;
  const { width, height } = state.viewport.value;
  if (settings.minimap.value !== 'auto') return settings.minimap.value === 'on';
  const { x0, y0, x1, y1 } = state.bounds.value;
  const all = Math.min(width / (x1 - x0), height / (y1 - y0));
  return width > WIDE && height > HIGH && state.view.value.k > all * NEARER;
});

export function toggleMinimap(): void {
  settings.minimap.value = minimapShown.value ? 'off' : 'on';
}

export function watchChrome(): void {
  stage.set('grid', new Grid(() => settings.grid.value, () => state.bounds.value));
  effect(() => {
    settings.grid.value;
    invalidate('layers');
  });
  effect(() => {
    const shown = minimapShown.value;
    if (shown || minimap.now) minimap.use(({ showMinimap }) => showMinimap(shown));
  });
}
