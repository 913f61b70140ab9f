// SPDX-License-Identifier: ISC
// The texts of every language: that all are there (TypeScript proves the shape, too), say the values
// that they are given, and are texts of another language.

import { describe, expect, test } from 'vitest';
import { t } from '../src/texts';
import { en } from '../src/texts/en';
import { enParts } from '../src/texts/enparts';
import { enPast } from '../src/texts/enpast';
import { enStaff } from '../src/texts/enstaff';
import { enTemplate } from '../src/texts/entemplate';
import { amount, plural } from '../src/texts/locale';
import { LANGUAGES, type Language } from '../src/core/languages';
import { speak } from '../src/texts/languages';
import { untilWords } from '../src/texts/time';

type Speak = (...values: readonly string[]) => unknown;
type Leaf = string | Speak;

/** All texts by where they stand: "menu.groups.help". */
function leaves(node: unknown, path = ''): [string, Leaf][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') return [[path, node as Speak]];
  return Object.entries(node as object).flatMap(([key, value]) => leaves(value, path ? `${path}.${key}` : key));
}

/** As many as any text takes. As text, so that they are found again; they count as numbers, too. */
const VALUES = ['71', '72', '73', '74', '75'];
/** With all kinds of numbers, and where there is nothing to add. */
const GIVEN = [VALUES, ...['', '0', '1', '2', '3', '5', '11', '21', '1000000'].map((value) => VALUES.map(() => value))];

const say = (leaf: Leaf, values: readonly string[]): unknown => (typeof leaf === 'string' ? leaf : leaf(...values));

/** What may be the same: signs, names, and what other languages took from English. */
const isWord = (text: string): boolean => /\p{L}{4}/u.test(text);

const english = leaves({ ...en, ...enParts, ...enPast, ...enStaff, ...enTemplate });

describe.each(LANGUAGES)('texts: %s', (language) => {
  const texts = async () => {
    await speak(language);
    return new Map(leaves(t()));
  };

  test('the same texts as in English, and functions where English has them', async () => {
    const found = await texts();
    expect([...found.keys()].sort()).toEqual(english.map(([path]) => path).sort());
    for (const [path, leaf] of english) {
      expect([path, typeof found.get(path)]).toEqual([path, typeof leaf]);
    }
  });

  test('each says something, plainly, whatever it is given', async () => {
    for (const [path, leaf] of await texts()) {
      for (const values of GIVEN) {
        const text = say(leaf, values);
        expect([path, typeof text]).toEqual([path, 'string']);
        if (values !== VALUES && values[0] === '') continue;
        expect([path, text]).not.toEqual([path, '']);
        expect(`${path}: ${text}`).not.toMatch(/[!¡！]|undefined|NaN|\[object|\$\{| {2}| [,.]/);
      }
    }
  });

  test('each says the values that English says', async () => {
    const found = await texts();
    for (const [path, leaf] of english) {
      const said = (text: unknown) => VALUES.filter((value) => String(text).includes(value));
      expect([path, said(say(found.get(path)!, VALUES))]).toEqual([path, said(say(leaf, VALUES))]);
    }
  });

  test('most are others than the English ones', async () => {
    if (language === 'en') return;
    const found = await texts();
    const words = english.filter(([, leaf]) => isWord(String(say(leaf, VALUES))));
    const same = words.filter(([path, leaf]) => say(found.get(path)!, VALUES) === say(leaf, VALUES));
    expect(same.length / words.length).toBeLessThan(0.06);
  });

  test('numbers are in its own way, and words fit to them', async () => {
    await speak(language);
    expect(amount(1234567)).toBe(new Intl.NumberFormat(language).format(1234567));
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const n of [0, 1, 2, 3, 5, 11, 21, 22]) {
      const form = new Intl.PluralRules(language).select(n);
      expect(pluralCategories).toContain(form);
      expect(plural(n, { other: 'other', [form]: form })).toBe(form);
    }
  });
});

/** All that is said in a language, with values of all kinds. */
async function sentences(language: Language): Promise<string[]> {
  await speak(language);
  return leaves(t()).flatMap(([path, leaf]) => GIVEN.map((values) => `${path}: ${String(say(leaf, values))}`));
}

test('French has a space that does not break before colons and what is like them, and typographic apostrophes', async () => {
  for (const text of await sentences('fr')) {
    const [, words = ''] = /^[\w.]+: (.*)$/su.exec(text) ?? [];
    expect(text).not.toMatch(/'/);
    expect(words, text).not.toMatch(/(?<![\u00a0\u202f]) ?[:;?](?= )|[^\u00a0\u202f][:;?]$/u);
  }
});

// In these languages programs address people politely; in the others of ours they use first names' forms.
test.each<[Language, RegExp]>([
  ['fr', /(?<![\p{L}-])(tu|toi|ton|ta|tes|te)(?!\p{L})|(?<!\p{L})t’/iu],
  ['tr', /(?<!\p{L})(sen|sende|senin|dene|dön|seç|çizemezsin|çizebilirsin)(?!\p{L})/u],
])('nobody is addressed too familiarly: %s', async (language, familiar) => {
  // Buttons are named by what they do.
  const buttons = /^(connection\.tryNow|staff\.tryAgain|offline\.again|placing\.pickColour|template\.file|past\.liveKey|colours\.light|.*\brows\b)/;
  for (const text of await sentences(language)) if (!buttons.test(text)) expect(text).not.toMatch(familiar);
});

test.each([
  ['pl', 'one', [1], ['1 piksel', '1 edycja', '1 autor', '1 zgłoszenie', 'Nie zapisano 1 piksela']],
  ['pl', 'few', [2, 4, 22, 104], ['piksele', 'edycje', 'autorzy', 'zgłoszenia', 'pikseli']],
  ['pl', 'many', [5, 11, 12, 14, 21, 112], ['pikseli', 'edycji', 'autorów', 'zgłoszeń', 'pikseli']],
  ['de', 'other', [2, 21], ['Pixel', 'Änderungen', 'Personen', 'Meldungen', 'Pixel wurden nicht']],
  ['fr', 'one', [0, 1], ['pixel', 'modification', 'auteur', 'signalement', 'n’a pas été']],
  ['es', 'one', [1], ['1 píxel', '1 edición', '1 autor', '1 denuncia', 'No se guardó 1 píxel']],
] as const)('nouns fit to their numbers: %s, %s', async (language, _form, numbers, wanted) => {
  await speak(language);
  const { pixels, edits, people, reports } = t().staff;
  for (const n of numbers) {
    const said = [pixels, edits, people, reports].map((count) => count(n, String(n)));
    [...said, t().placing.unsaved(n)].forEach((words, i) =>
      expect(words).toMatch(new RegExp(`${wanted[i]}(?!\\p{L})`, 'u')),
    );
  }
});

const NOW = new Date(2026, 10, 26, 0, 30).getTime();
const HOUR = 3_600_000;

test.each([
  ['de', ['noch 1 Minute', 'bis 18:00', /^bis 03\.12\.2026, 18:00$/]],
  ['fr', ['pendant encore 1 minute', 'jusqu’à 18:00', /^jusqu’au 3 déc\. 2026/]],
  ['es', ['durante 1 minuto más', 'hasta las 18:00', /^hasta el 3 dic 2026/]],
  ['pl', ['jeszcze 1 minutę', 'do 18:00', /^do 3 gru 2026/]],
] as const)('until when something is so is a part of a sentence: %s', async (language, [span, time, date]) => {
  await speak(language);
  expect(untilWords(NOW + 60_000, NOW, language)).toBe(span);
  expect(untilWords(NOW + 17.5 * HOUR, NOW, language)).toBe(time);
  expect(untilWords(NOW + 7 * 24 * HOUR + 17.5 * HOUR, NOW, language)).toMatch(date);
});

test('in Spanish one o’clock is one', async () => {
  await speak('es');
  expect(untilWords(NOW + 1.5 * HOUR, NOW + HOUR / 4, 'es')).toBe('hasta las 2:00');
  expect(untilWords(new Date(2026, 10, 26, 13, 5).getTime(), NOW, 'es-US')).toMatch(/^hasta la 1:05/);
});
