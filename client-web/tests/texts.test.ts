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
import { LANGUAGES, speak } from '../src/texts/languages';

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
