// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { parsePixel } from '../src/core/pixel';
import { predicateOf, rectOf } from '../src/core/predicate';

const change = { version: 9, time: 1795636000000, colour: 5, name: 'amber-fox-41' };

test('a pixel is its colour and its last changes', () => {
  const pixel = { x: 1, y: 2, ...change, changes: [change, { ...change, name: null, time: null }] };
  expect(parsePixel(pixel)).toEqual({
    colour: 5,
    changes: [change, { ...change, name: '', time: null }],
  });
  expect(parsePixel({ colour: 0, changes: [] })).toEqual({ colour: 0, changes: [] });
});

test('no more than five are taken, and none that is no change', () => {
  const changes = [null, { ...change, colour: 16 }, { ...change, version: -1 }, change, change, change, change];
  expect(parsePixel({ colour: 5, changes })!.changes).toEqual([change, change]);
});

test.each([null, {}, { colour: 16, changes: [] }, { colour: 1 }, 'pixel'])('%j is no pixel', (value) => {
  expect(parsePixel(value)).toBeNull();
});

test('a rectangle has both its corners, dragged in any direction', () => {
  expect(rectOf({ x: 5, y: -2 }, { x: 3, y: 4 })).toEqual({ x0: 3, y0: -2, x1: 6, y1: 5 });
  expect(rectOf({ x: 1, y: 1 }, { x: 1, y: 1 })).toEqual({ x0: 1, y0: 1, x1: 2, y1: 2 });
});

test('a predicate says who, where, in which colour and when', () => {
  const area = { x0: -3, y0: 10, x1: 7, y1: 30 };
  expect(predicateOf({ area, time: '2h', authors: [], colour: null })).toBe('r:-3,10,10,20 t:2h');
  expect(predicateOf({ area, time: '10m', authors: ['8000000000000001', '8000000000000002'], colour: null })).toBe(
    'u:8000000000000001,8000000000000002 r:-3,10,10,20 t:10m',
  );
  expect(predicateOf({ area, time: '1h', authors: [], colour: 0 })).toBe('r:-3,10,10,20 c:0 t:1h');
});
