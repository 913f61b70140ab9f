// SPDX-License-Identifier: ISC
// What a person chose, as signals that this browser keeps. A value that is not one of those that a
// setting can have counts as none. Where nothing may be stored, a choice lasts as long as the page.
// What is chosen in one tab is chosen in all of them.

import { effect, signal, type Signal } from '@preact/signals';
import { formatLearned, parseLearned, type Learned } from '../core/coach';
import { LANGUAGES } from '../core/languages';

const PREFIX = 'placed.';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const SHOWN = ['auto', 'on', 'off'] as const;
/** auto: when there is reason to show it. */
export type Shown = (typeof SHOWN)[number];

/** Reads null where reading is forbidden, too. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Null: there is nothing to keep. */
function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Forbidden or full: the choice lasts as long as the page.
  }
}

/** By key: takes over what another tab stored (null: nothing any more). */
const others = new Map<string, (stored: string | null) => void>();

/** A setting whose value is stored as text; `parse` returns null for what is no value of it. */
function kept<T>(
  name: string,
  initial: T,
  parse: (text: string) => T | null,
  format: (value: T) => string,
): Signal<T> {
  const key = PREFIX + name;
  const valueOf = (stored: string | null): T => (stored === null ? null : parse(stored)) ?? initial;
  const setting = signal(valueOf(read(key)));
  /** What is stored, as far as we know; what came from there is not written again. */
  let known = setting.peek();
  effect(() => {
    const { value } = setting;
    if (value === known) return;
    known = value;
    write(key, value === initial ? null : format(value));
  });
  others.set(key, (stored) => {
    known = valueOf(stored);
    setting.value = known;
  });
  return setting;
}

/** A setting that is one of these words; the first of them until something is chosen. */
export function choice<T extends string>(name: string, words: readonly [T, ...T[]]): Signal<T> {
  const parse = (text: string): T | null => words.find((word) => word === text) ?? null;
  return kept<T>(name, words[0], parse, String);
}

/** A setting that is on or off. */
export function flag(name: string, initial: boolean): Signal<boolean> {
  const parse = (text: string): boolean | null =>
    text === 'on' ? true : text === 'off' ? false : null;
  return kept(name, initial, parse, (value) => (value ? 'on' : 'off'));
}

globalThis.addEventListener?.('storage', ({ key, newValue }) => {
  // Without a key, everything was removed.
  if (key === null) for (const take of others.values()) take(null);
  else others.get(key)?.(newValue);
});

export const theme = choice('theme', THEMES);
/** auto: the first of the browser's languages that there is. */
export const language = choice('language', ['auto', ...LANGUAGES]);
/** The lines between the cells. */
export const grid = choice('grid', SHOWN);
export const minimap = choice('minimap', SHOWN);
/** The operator's regions; auto: those that one aims at. */
export const regions = choice('regions', SHOWN);
/** What two fingers on a trackpad do, which browsers report as the turning of a wheel. */
export const wheel = choice('wheel', ['zoom', 'pan']);
/** On phones the palette is one line. */
export const folded = flag('folded', false);
/** When the energy is full. */
export const sound = flag('sound', false);
export const notify = flag('notify', false);
/** When an own pixel is in the log. */
export const vibrate = flag('vibrate', true);
/** What a newcomer has done already. */
export const learned = kept<Learned>('learned', parseLearned(''), parseLearned, formatLearned);
