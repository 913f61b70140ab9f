// SPDX-License-Identifier: ISC
// What the page itself offers beside painting: the menu, the grid, the overview, sharing and saving,
// the theme, help. Intents, and what hangs in the menu for them.

import { computed, effect } from '@preact/signals';
import { gridStrength, otherWish } from '../core/grid';
import { Grid } from '../layers/grid';
import { t } from '../texts';
import * as icons from '../ui/icons';
import { home, stage } from './canvas';
import { embedded } from './embed';
import { invalidate } from './invalidate';
import { hang, type Choice } from './menu';
import { copyLink, linkHere } from './moving';
import { menu, minimap, saving } from './parts';
import * as settings from './settings';
import { SHOWN, THEMES, type Shown, type Theme } from './settings';
import * as state from './state';
import { hint } from './statusline';

/** As much nearer than what shows everything, an overview is of use. */
const NEARER = 1.5;
/** Only a window of this size has room for an overview that nobody asked for. */
const WIDE = 860;
const HIGH = 480;

export const openMenu = (): void => menu.use(({ openMenu }) => openMenu());
export const openKeys = (): void => menu.use(({ openKeys }) => openKeys());
export const openAbout = (): void => menu.use(({ openAbout }) => openAbout());

export function toggleGrid(): void {
  const { grid } = settings;
  grid.value = otherWish(grid.value, state.view.value.k);
  const words = t().menu;
  if (grid.value === 'off') hint.say(words.gridOff);
  else if (gridStrength(grid.value, state.view.value.k) === 0) hint.say(words.gridNear);
}

/** The scale that shows everything; what is there is asked for again when the window or the plane changes. */
const homeK = computed(() => {
  state.viewport.value;
  state.bounds.value;
  return home().k;
});

export const minimapShown = computed(() => {
  if (embedded || !state.info.value) return false;
  const { width, height } = state.viewport.value;
  if (settings.minimap.value !== 'auto') return settings.minimap.value === 'on';
  return width > WIDE && height > HIGH && state.view.value.k > homeK.value * NEARER;
});

export function toggleMinimap(): void {
  settings.minimap.value = minimapShown.value ? 'off' : 'on';
}

/** By the system's own dialog, where there is one; else to the clipboard. */
export function share(): void {
  if (!navigator.share) return copyLink();
  navigator.share({ title: t().share.title, url: linkHere() }).catch((error: unknown) => {
    // Somebody thought better of it.
    if (!(error instanceof DOMException && error.name === 'AbortError')) copyLink();
  });
}

export const saveView = (): void => saving.use(({ saveView }) => saveView());
export const saveCanvas = (): void => saving.use(({ saveCanvas }) => saveCanvas());

/** One of a few words, each with a name in the texts. */
function choiceOf<T extends string>(
  entry: Omit<Choice, 'kind' | 'value' | 'values' | 'choose'>,
  setting: { value: T },
  values: readonly T[],
  name: (value: T) => string,
): Choice {
  return {
    ...entry,
    kind: 'choice',
    value: () => setting.value,
    values: () => values.map((value) => [value, name(value)] as const),
    choose: (chosen) => {
      setting.value = values.find((value) => value === chosen) ?? setting.value;
    },
  };
}

function hangAll(): void {
  const words = () => t().menu;
  const shownName = (value: Shown) => words()[value];
  const themeName = (value: Theme) => words()[value];
  hang(
    choiceOf(
      { id: 'grid', group: 'picture', at: 40, icon: icons.GRID, key: 'G', label: () => words().grid },
      settings.grid,
      SHOWN,
      shownName,
    ),
    {
      kind: 'switch',
      id: 'minimap',
      group: 'picture',
      at: 50,
      icon: icons.MINIMAP,
      key: 'M',
      label: () => words().minimap,
      on: () => minimapShown.value,
      set: toggleMinimap,
    },
    {
      kind: 'action',
      id: 'share',
      group: 'share',
      at: 10,
      icon: icons.SHARE,
      label: () => words().share,
      shown: () => typeof navigator.share === 'function',
      run: share,
    },
    {
      kind: 'action',
      id: 'link',
      group: 'share',
      at: 20,
      icon: icons.LINK,
      key: 'L',
      label: () => words().link,
      run: () => copyLink(),
    },
    {
      kind: 'action',
      id: 'save-view',
      group: 'share',
      at: 30,
      icon: icons.SAVE,
      label: () => words().saveView,
      run: saveView,
    },
    {
      kind: 'action',
      id: 'save-canvas',
      group: 'share',
      at: 40,
      icon: icons.SAVE,
      label: () => words().saveCanvas,
      run: saveCanvas,
    },
    choiceOf(
      { id: 'theme', group: 'page', at: 10, icon: icons.THEME, label: () => words().theme },
      settings.theme,
      THEMES,
      themeName,
    ),
    choiceOf(
      {
        id: 'wheel',
        group: 'page',
        at: 30,
        icon: icons.TRACKPAD,
        label: () => words().wheel,
        shown: () => matchMedia('(any-pointer: fine)').matches,
      },
      settings.wheel,
      ['zoom', 'pan'],
      (value) => words()[value],
    ),
    {
      kind: 'action',
      id: 'keys',
      group: 'help',
      at: 10,
      icon: icons.KEYBOARD,
      key: '?',
      label: () => words().keys,
      shown: () => matchMedia('(any-hover: hover)').matches,
      run: openKeys,
    },
    {
      kind: 'action',
      id: 'about',
      group: 'help',
      at: 20,
      icon: icons.ABOUT,
      label: () => words().about,
      run: openAbout,
    },
  );
}

export function watchChrome(): void {
  stage.set('grid', new Grid(() => settings.grid.value, () => state.bounds.value));
  effect(() => {
    settings.grid.value;
    invalidate('layers');
  });
  hangAll();
  effect(() => {
    const shown = minimapShown.value;
    if (shown || minimap.now) minimap.use(({ showMinimap }) => showMinimap(shown));
  });
}
