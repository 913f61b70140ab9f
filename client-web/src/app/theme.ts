// SPDX-License-Identifier: ISC
// Light or dark, as somebody chose or as the system has it. public/support.js does the same for the
// first moment, before this script is there.

import { computed, effect, signal } from '@preact/signals';
import { theme } from './settings';

const query = matchMedia('(prefers-color-scheme: dark)');
const system = signal(query.matches);
query.addEventListener('change', () => (system.value = query.matches));

export const dark = computed(() => (theme.value === 'auto' ? system.value : theme.value === 'dark'));

/** What is around the window on phones: the backdrop's colour. */
const AROUND = { light: '#c4c4c4', dark: '#3b3b3b' };

export function watchTheme(): void {
  effect(() => {
    const { dataset } = document.documentElement;
    if (theme.value === 'auto') delete dataset.theme;
    else dataset.theme = theme.value;
  });
  effect(() => {
    const colour = dark.value ? AROUND.dark : AROUND.light;
    for (const meta of document.querySelectorAll('meta[name=theme-color]')) {
      meta.setAttribute('content', colour);
    }
  });
}
