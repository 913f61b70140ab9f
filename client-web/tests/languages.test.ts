// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { colourName } from '../src/texts';
import { LANGUAGES } from '../src/core/languages';
import { languageFor, languageName } from '../src/texts/languages';

test('a language that was chosen comes before those of the browser', () => {
  expect(languageFor('en', ['de-AT', 'fr'])).toBe('en');
  for (const name of LANGUAGES) expect(languageFor(name, ['en'])).toBe(name);
});

test('else the first of the browser that there is, by its first part; else English', () => {
  for (const name of LANGUAGES) {
    expect(languageFor('auto', ['xx', `${name.toUpperCase()}-ZZ`, 'en'])).toBe(name);
  }
  expect(languageFor('auto', ['xx-YY', 'tlh'])).toBe('en');
  expect(languageFor('auto', [])).toBe('en');
  expect(languageFor('constructor', ['__proto__'])).toBe('en');
});

test('a language calls itself by its own name', () => {
  const names = LANGUAGES.map(languageName);
  expect(names[0]).toBe('English');
  expect(new Set(names).size).toBe(names.length);
});

test('a colour that the page does not know keeps its name', () => {
  expect(colourName('dark blue')).toBe('dark blue');
  expect(colourName('mauve')).toBe('mauve');
  expect(colourName('constructor')).toBe('constructor');
});
