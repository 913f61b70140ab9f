// SPDX-License-Identifier: ISC
// What comes before the page's own script: that it chooses the language as that does and says the same,
// and what it says in browsers that are too old. Run as old browsers read it, as plain scripts.

import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { t } from '../src/texts';
import { LANGUAGES } from '../src/core/languages';
import { languageFor, speak } from '../src/texts/languages';

const source = (name: string): string => readFileSync(new URL(`../public/${name}`, import.meta.url), 'utf8');

interface Browser {
  readonly languages: readonly string[];
  readonly chosen?: string;
  readonly old?: boolean;
}

/** What the page shows once the scripts have run. */
function run({ languages, chosen, old }: Browser) {
  const elements = new Map<string, { textContent?: string; hidden?: boolean; label?: string }>();
  const element = (name: string) => {
    if (!elements.has(name)) elements.set(name, {});
    return elements.get(name)!;
  };
  const root = { lang: 'en', setAttribute: () => {} };
  const scripts: string[] = [];
  const fits = { DecompressionStream: class {}, AbortSignal: Object.assign(class {}, { timeout: () => {} }) };
  const context = {
    ...(old ? {} : { ...fits, createImageBitmap: () => {} }),
    location: { search: '' },
    localStorage: { getItem: (key: string) => (key === 'placed.language' ? (chosen ?? null) : null) },
    navigator: { languages },
    document: {
      documentElement: root,
      getElementById: element,
      querySelector: (selector: string) => ({
        setAttribute: (_name: string, label: string) => void (element(selector).label = label),
      }),
      createElement: () => ({}),
      head: { appendChild: ({ src }: { src: string }) => void scripts.push(src) },
    },
  };
  runInNewContext(source('support.js'), context);
  for (const name of scripts) runInNewContext(source(name), context);
  return {
    language: root.lang,
    people: element('people').textContent,
    loading: element('#wait [role=progressbar]').label,
    banner: element('banner-text').textContent,
    bannerShown: element('banner').hidden === false,
  };
}

describe.each(LANGUAGES)('%s', (language) => {
  test('the first words are those of the page', async () => {
    await speak(language);
    const { people, loading, bannerShown } = run({ languages: [language] });
    expect(people).toBe(t().connection.connecting);
    expect(loading).toBe(t().page.loading);
    expect(bannerShown).toBe(false);
  });

  test('a browser that is too old is told so', () => {
    const { banner, bannerShown, people } = run({ languages: [language], old: true });
    expect(bannerShown).toBe(true);
    expect(people).toBe('');
    for (const version of ['103', '113', '16.4']) expect(banner).toContain(version);
    if (language !== 'en') expect(banner).not.toBe(run({ languages: ['en'], old: true }).banner);
  });
});

test.each([
  [undefined, ['de-AT', 'fr']],
  [undefined, ['xx', 'PT-br', 'en']],
  [undefined, ['xx-YY']],
  [undefined, []],
  ['auto', ['tr']],
  ['ja', ['de']],
  ['en', ['de']],
  ['constructor', ['__proto__', 'pl']],
])('the language is the one that the page will choose: %s, %s', (chosen, languages) => {
  const browser = { languages, ...(chosen === undefined ? {} : { chosen }) };
  expect(run(browser).language).toBe(languageFor(chosen ?? 'auto', languages));
});
