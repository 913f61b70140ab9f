// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { change, NEW, readList, shift, TEMPLATES_MOST, without, type Template } from '../src/core/template/list';

const BASE = 'http://canvas.test/';
const one = (id: string): Template => ({
  ...NEW,
  id,
  name: id.toUpperCase(),
  address: null,
  at: { x: 1, y: -2 },
  width: null,
  dithered: false,
});

test('what was kept is read again, and what is no template is left out', () => {
  const list = [one('a'), { ...one('b'), address: 'https://a.test/x.png', width: 40, dithered: true, only: true }];
  expect(readList(JSON.parse(JSON.stringify(list)), BASE)).toEqual(list);
  for (const bad of [null, 7, 'x', {}, [null, 3, {}, { id: 'a' }, { ...one('a'), at: { x: 1e9, y: 0 } }, { ...one('A b') }]]) {
    expect(readList(bad, BASE)).toEqual([]);
  }
  expect(readList([{ ...one('a'), style: 'x', opacity: 9, width: -1, address: 'javascript:1', name: 5 }], BASE)).toEqual([
    { ...one('a'), name: '' },
  ]);
  expect(readList([one('a'), one('a')], BASE)).toHaveLength(1);
  expect(readList(Array.from({ length: 99 }, (_, i) => one(`t${i}`)), BASE)).toHaveLength(TEMPLATES_MOST);
});

test('templates lie on each other in an order that can be changed', () => {
  const list = [one('a'), one('b'), one('c')];
  const names = (some: readonly Template[]) => some.map(({ id }) => id).join('');
  expect(names(shift(list, 'a', 1))).toBe('bac');
  expect(names(shift(list, 'c', -1))).toBe('acb');
  expect(shift(list, 'c', 1)).toBe(list);
  expect(shift(list, 'x', 1)).toBe(list);
  expect(names(without(list, 'b'))).toBe('ac');
  expect(change(list, 'b', { shown: false })[1]!.shown).toBe(false);
  expect(list[1]!.shown).toBe(true);
});
