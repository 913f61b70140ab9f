// SPDX-License-Identifier: ISC
// What hangs in the menu for what the page itself offers beside painting, and for its parts that are
// loaded when somebody asks for them.

import '../../texts/enparts';
import { minimapShown, openKeys, toggleMinimap } from '../../app/chrome';
import { install, installable } from '../../app/install';
import { hang, type Choice } from '../../app/menu';
import { copyLink } from '../../app/moving';
import { map, menu, saving, templates, usePast } from '../../app/parts';
import * as settings from '../../app/settings';
import { SHOWN, THEMES, type Shown, type Theme } from '../../app/settings';
import * as state from '../../app/state';
import { t } from '../../texts';
import { LANGUAGES } from '../../core/languages';
import { languageName } from '../../texts/languages';
import { LINK } from '../../ui/icons';
import * as icons from './icons';
import { chooseLanguage } from './language';
import { share } from './share';

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

/** Hangs it all in. */
export function hangOwn(): void {
  const words = () => t().menu;
  const shownName = (value: Shown) => words()[value];
  const themeName = (value: Theme) => words()[value];
  hang(
    {
      kind: 'action',
      id: 'template',
      group: 'picture',
      at: 1,
      icon: icons.TEMPLATE,
      key: 'T',
      label: () => t().template.name,
      run: () => templates.use((templates) => templates.open()),
    },
    {
      kind: 'list',
      id: 'map',
      group: 'picture',
      at: 20,
      icon: icons.LAYERS,
      key: 'H',
      label: () => t().past.over,
      value: () => map.value,
      choose: (choice) => usePast(({ layers }) => layers.choose(choice as typeof map.value)),
      values: () => Object.entries(t().past.maps),
      shown: () => state.info.value?.history === true,
    },
    choiceOf(
      {
        id: 'regions',
        group: 'picture',
        at: 30,
        icon: icons.SHIELD,
        label: () => words().regions,
        shown: () => (state.info.value?.regions.length ?? 0) > 0,
      },
      settings.regions,
      SHOWN,
      (value) => (value === 'auto' ? words().aimed : shownName(value)),
    ),
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
      icon: LINK,
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
      run: () => saving.use(({ saveView }) => saveView()),
    },
    {
      kind: 'action',
      id: 'save-canvas',
      group: 'share',
      at: 40,
      icon: icons.SAVE,
      label: () => words().saveCanvas,
      run: () => saving.use(({ saveCanvas }) => saveCanvas()),
    },
    choiceOf(
      { id: 'theme', group: 'page', at: 10, icon: icons.THEME, label: () => words().theme },
      settings.theme,
      THEMES,
      themeName,
    ),
    {
      kind: 'list',
      id: 'language',
      group: 'page',
      at: 20,
      icon: icons.GLOBE,
      label: () => words().language,
      value: () => settings.language.value,
      values: () => [['auto', words().auto], ...LANGUAGES.map((name) => [name, languageName(name)] as const)],
      choose: chooseLanguage,
    },
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
      id: 'install',
      group: 'help',
      at: 5,
      icon: icons.INSTALL,
      label: () => words().install,
      shown: installable,
      run: install,
    },
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
      run: () => menu.use(({ openAbout }) => openAbout()),
    },
  );
}
