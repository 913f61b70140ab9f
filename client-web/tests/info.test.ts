// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { parseInfo } from '../src/core/info';

const palette = [{ name: 'white', rgb: '#ffffff' }];

const genesis = '0123456789abcdef0123456789abcdef';

test('takes what the page needs and nothing else', () => {
  const canvases = [
    { x: 0, y: 0, open: true, version: 7 },
    { x: -3, y: 1023, open: false, version: 5 },
  ];
  const known = { width: 1000, height: 500, palette, genesis, canvases, readonly: true, history: true, online: 4 };
  expect(parseInfo({ ...known, protocol: 'placed.1', version: 9 })).toEqual(known);
});

test('a server that knows no plane has one canvas', () => {
  expect(parseInfo({ width: 1000, height: 1000, palette, version: 3, online: 1 })).toEqual({
    width: 1000,
    height: 1000,
    palette,
    genesis: null,
    canvases: [{ x: 0, y: 0, open: true, version: 0 }],
    readonly: false,
    history: false,
    online: 1,
  });
});

test.each([
  [[]],
  [[null]],
  [[{ x: 0, y: 0, open: true }]],
  [[{ x: 1024, y: 0, open: true, version: 0 }]],
  [[{ x: 0.5, y: 0, open: true, version: 0 }]],
  [{}],
])('does not draw canvases %j', (canvases) => {
  expect(parseInfo({ width: 1000, height: 1000, palette, canvases })).toBeNull();
});

test.each([
  null,
  'info',
  { width: 0, height: 1000, palette },
  { width: 1000, height: 1025, palette },
  { width: 1000.5, height: 1000, palette },
  { width: 1000, height: 1000 },
  { width: 1000, height: 1000, palette: [] },
  { width: 1000, height: 1000, palette: Array(17).fill(palette[0]) },
  { width: 1000, height: 1000, palette: [{ name: 'white', rgb: 'red' }] },
  { width: 1000, height: 1000, palette: [{ rgb: '#ffffff' }] },
  { width: 1000, height: 1000, palette: [null] },
])('does not draw %j', (value) => {
  expect(parseInfo(value)).toBeNull();
});
