// SPDX-License-Identifier: ISC
// The colours of the page's surfaces, read from its styles: text is to be read on each of them,
// whatever shines through from below.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Rgb = readonly [number, number, number];

const css = readFileSync(new URL('../src/ui/shared.css', import.meta.url), 'utf8').replace(/\/\*.*?\*\//gs, '');

/** The tokens of a rule that stands under a media query ('' for none). */
function tokens(media: string, selector: string): Record<string, string> {
  const tokens: Record<string, string> = {};
  // A block of a media query ends with a brace at the start of a line.
  const blocks = media
    ? [...css.matchAll(/^@media ([^{]+) \{\n(.*?)^\}/gms)].filter(([, query]) => query === media).map(([, , body]) => body!)
    : [css.replace(/^@media [^{]+\{\n.*?^\}/gms, '')];
  for (const block of blocks) {
    for (const [, names, body] of block.matchAll(/([^{}]+)\{([^}]*)\}/g)) {
      if (names!.trim() !== selector) continue;
      for (const [, name, value] of body!.matchAll(/--([\w-]+): ([^;]+);/g)) tokens[name!] = value!;
    }
  }
  return tokens;
}

function parse(value: string): { rgb: Rgb; alpha: number } {
  const hex = /^#([0-9a-f]{6})$/.exec(value);
  if (hex) {
    const n = Number.parseInt(hex[1]!, 16);
    return { rgb: [n >> 16, (n >> 8) & 255, n & 255], alpha: 1 };
  }
  const [, r, g, b, alpha] = /^rgb\((\d+) (\d+) (\d+) \/ ([\d.]+)\)$/.exec(value)!;
  return { rgb: [Number(r), Number(g), Number(b)], alpha: Number(alpha) };
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((v) => (v <= 10 ? v / 3294 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** What a colour looks like that lies over another. */
function over(value: string, below: Rgb): Rgb {
  const { rgb, alpha } = parse(value);
  return rgb.map((v, i) => v * alpha + below[i]! * (1 - alpha)) as unknown as Rgb;
}

const light = tokens('', ':root');
const chosen = { ...light, ...tokens('', ":root[data-theme='dark']") };
const bySystem = { ...light, ...tokens('(prefers-color-scheme: dark)', ":root:not([data-theme='light'])") };
const more = { ...light, ...tokens('(prefers-contrast: more)', ':root') };
const moreDark = { ...chosen, ...tokens('(prefers-contrast: more)', ":root[data-theme='dark']") };
const moreDarkBySystem = {
  ...bySystem,
  ...tokens('(prefers-contrast: more) and (prefers-color-scheme: dark)', ":root:not([data-theme='light'])"),
};

test('dark is the same by the system and by choice', () => {
  expect(Object.keys(light).length).toBeGreaterThan(10);
  expect(bySystem).toEqual(chosen);
  expect(bySystem.text).not.toBe(light.text);
  expect(moreDarkBySystem).toEqual(moreDark);
  expect(more.quiet).not.toBe(light.quiet);
});

const themes = { light, dark: chosen, 'light, more contrast': more, 'dark, more contrast': moreDark };
const BELOW: readonly Rgb[] = [
  [255, 255, 255],
  [0, 0, 0],
  [229, 0, 9],
  [0, 0, 234],
  [229, 217, 0],
  [136, 136, 136],
];

test.each(Object.entries(themes))('%s: text has a contrast of 4.5 on every surface, over every picture', (name, theme) => {
  for (const surface of ['surface', 'sheet', 'raised', 'backdrop']) {
    expect(parse(theme[surface]!).alpha).toBeGreaterThanOrEqual(0.92);
    for (const below of BELOW) {
      const ground = over(theme[surface]!, below);
      for (const text of ['text', 'quiet']) {
        if (surface === 'backdrop' && text === 'quiet') continue;
        expect(contrast(parse(theme[text]!).rgb, ground), `${text} on ${surface}`).toBeGreaterThanOrEqual(
          name.includes('more') ? 7 : 4.5,
        );
      }
    }
  }
});

test.each(Object.entries(themes))('%s: the focus ring has a contrast of 3 on every surface', (_name, theme) => {
  for (const surface of ['surface', 'sheet', 'raised', 'backdrop']) {
    const ground = over(theme[surface]!, [128, 128, 128]);
    expect(contrast(parse(theme.focus!).rgb, ground), surface).toBeGreaterThanOrEqual(3);
  }
});

test.each(Object.entries(themes))('%s: greys only', (_name, theme) => {
  for (const value of Object.values(theme)) {
    if (!/^(#|rgb)/.test(value)) continue;
    const [r, g, b] = parse(value).rgb;
    expect([g, b]).toEqual([r, r]);
  }
});
