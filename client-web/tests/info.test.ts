// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { parseInfo } from '../src/core/info';

const palette = [{ name: 'white', rgb: '#ffffff' }];

test('takes size and palette and nothing else', () => {
  expect(parseInfo({ width: 1000, height: 500, palette, version: 3, online: 1 })).toEqual({
    width: 1000,
    height: 500,
    palette,
  });
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
