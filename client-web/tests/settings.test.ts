// SPDX-License-Identifier: ISC
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let stored: Map<string, string>;
let otherTab: (event: { key: string | null; newValue: string | null }) => void;

/** The module as a page that is just being loaded gets it. */
async function load() {
  vi.resetModules();
  return import('../src/app/settings');
}

beforeEach(() => {
  stored = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  vi.stubGlobal('addEventListener', (_: string, listener: typeof otherTab) => (otherTab = listener));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('what was chosen is there at the next visit', async () => {
  const first = await load();
  expect(first.theme.value).toBe('auto');
  first.theme.value = 'dark';
  first.vibrate.value = false;
  expect(Object.fromEntries(stored)).toEqual({ 'placed.theme': 'dark', 'placed.vibrate': 'off' });
  const second = await load();
  expect(second.theme.value).toBe('dark');
  expect(second.vibrate.value).toBe(false);
  expect(second.sound.value).toBe(false);
});

test('what is as it was at first takes no room', async () => {
  const { grid } = await load();
  expect(stored.size).toBe(0);
  grid.value = 'on';
  grid.value = 'auto';
  expect(stored.size).toBe(0);
});

test.each(['', 'DARK', 'toString', '{"a":1}'])('%j is no theme', async (text) => {
  stored.set('placed.theme', text);
  stored.set('placed.sound', text);
  const { theme, sound } = await load();
  expect(theme.value).toBe('auto');
  expect(sound.value).toBe(false);
});

test('where storing is forbidden, a choice lasts as long as the page', async () => {
  vi.stubGlobal('localStorage', undefined);
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw new Error('SecurityError');
    },
  });
  const { theme } = await load();
  theme.value = 'light';
  expect(theme.value).toBe('light');
});

test('what is chosen in another tab is taken over, and not written again', async () => {
  const { theme } = await load();
  stored.set('placed.theme', 'dark');
  otherTab({ key: 'placed.theme', newValue: 'dark' });
  expect(theme.value).toBe('dark');
  // As if that tab had chosen anew meanwhile.
  stored.set('placed.theme', 'light');
  otherTab({ key: 'placed.theme', newValue: 'dark' });
  expect(stored.get('placed.theme')).toBe('light');
  otherTab({ key: null, newValue: null });
  expect(theme.value).toBe('auto');
  otherTab({ key: 'something else', newValue: 'x' });
});
