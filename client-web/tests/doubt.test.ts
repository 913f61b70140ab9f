// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { formatDoubt, parseDoubt } from '../src/core/doubt';

const doubts = [
  { canvas: '0,0', genesis: 'a1', edits: [{ x: 1, y: 2, colour: 3 }, { x: 999, y: 0, colour: 15 }] },
  { canvas: '-1,2', genesis: 'b2', edits: [{ x: 0, y: 0, colour: 0 }] },
];

test('what one page writes the next one reads', () => {
  expect(parseDoubt(formatDoubt(doubts))).toEqual(doubts);
});

test('nothing in doubt is no text', () => {
  expect(formatDoubt([])).toBe('');
  expect(formatDoubt([{ canvas: '0,0', genesis: 'a1', edits: [] }])).toBe('');
});

test.each([
  null,
  '',
  '{',
  '7',
  '[1]',
  '[["0,0","a",[1,2]]]',
  '[["0,0","a",[1,2,16]]]',
  '[["0,0","a",[1,-2,3]]]',
  '[["0,0",null,[1,2,3]]]',
  '[["0,0","a",[1024,2,3]]]',
])('what cannot be read is nothing: %s', (text) => {
  expect(parseDoubt(text)).toEqual([]);
});
