// SPDX-License-Identifier: ISC

import { expect, test } from 'vitest';
import { areaOfCell, areaOfPredicate, matches, networksOf, rowsOf, widened } from '../src/parts/staff/records';

const NET = 'net:40c705a663d7fdbe';
const OTHER = 'net:7d1efc0919b92873';

test('a finding names each network once, its own first', () => {
  expect(networksOf({ net: NET, networks: [{ net: OTHER, authors: 3 }, { net: NET, authors: 2 }] })).toEqual([NET, OTHER]);
  expect(networksOf({ cell: [0, 0, 64, 64], networks: [{ net: OTHER }] })).toEqual([OTHER]);
});

test('a finding that is none names no network and no place', () => {
  for (const networks of [undefined, null, 'net:1', [null], [{ net: 7 }], [{ net: 'somebody' }], [{}]]) {
    expect(networksOf({ networks })).toEqual([]);
  }
  for (const cell of [undefined, null, '0,0,64,64', {}]) expect(areaOfCell({ cell })).toBeNull();
  expect(areaOfCell({ cell: [] })).toEqual({ x0: 0, y0: 0, x1: 1, y1: 1 });
});

test('the cell of a finding is an area', () => {
  expect(areaOfCell({ cell: [512, -64, 64, 64] })).toEqual({ x0: 512, y0: -64, x1: 576, y1: 0 });
});

test('a pixel is shown with what is around it, an area as it is', () => {
  expect(widened({ x0: 5, y0: 5, x1: 6, y1: 6 })).toEqual({ x0: -5, y0: -5, x1: 16, y1: 16 });
  expect(widened({ x0: 5, y0: 5, x1: 7, y1: 6 })).toEqual({ x0: 5, y0: 5, x1: 7, y1: 6 });
});

test('the rectangle of a predicate is found wherever it stands', () => {
  const area = { x0: -3, y0: 4, x1: 7, y1: 24 };
  for (const predicate of ['r:-3,4,10,20', 'u:1 r:-3,4,10,20 t:2h']) expect(areaOfPredicate(predicate)).toEqual(area);
  for (const predicate of ['', 't:2h', 'xr:1,2,3,4', 'r:1,2,3']) expect(areaOfPredicate(predicate)).toBeNull();
});

test('records are read from a list, or from an object that has one', () => {
  expect(rowsOf([{ a: 1 }], 'x')).toEqual([{ a: 1 }]);
  expect(rowsOf({ x: [{ a: 1 }] }, 'x')).toEqual([{ a: 1 }]);
  for (const answer of [null, undefined, {}, { x: 7 }, 'x']) expect(rowsOf(answer, 'x')).toEqual([]);
});

test('all words of a filter have to be somewhere in a record', () => {
  const row = { kind: 'ban', why: 'A raid', action: 12 };
  for (const words of ['', 'raid', 'RAID ban', '12']) expect(matches(row, words)).toBe(true);
  expect(matches(row, 'raid lock')).toBe(false);
});
