// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { parseInfo } from '../src/core/info';
import { NO_RULES } from './world';

const palette = [{ name: 'white', rgb: '#ffffff' }];

const genesis = '0123456789abcdef0123456789abcdef';

test('takes what the page needs and nothing else', () => {
  const canvases = [
    { x: 0, y: 0, open: true, version: 7 },
    { x: -3, y: 1023, open: false, version: 5 },
  ];
  const known = { width: 1000, height: 500, palette, genesis, canvases, readonly: true, history: true, online: 4, ...NO_RULES };
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
    ...NO_RULES,
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

test('the rules among people are read, and what makes no sense of them is left out', () => {
  const region = { name: 'calm', x: -5, y: 0, w: 10, h: 20, closed: true, factor: 2.5 };
  const info = parseInfo({
    width: 1000,
    height: 1000,
    palette,
    rules: 9,
    frozen: true,
    colours: [0, 3],
    regions: [
      { ...region, colours: null, from: null, until: 1795636000000, words: 'until <tonight>' },
      { ...region, closed: 'yes', factor: -1, colours: ['red'], from: 'now', until: null, words: null },
      { ...region, w: undefined },
      null,
      'region',
    ],
    energy: { policy: 'reddit', capacity: 300000, blank: 300000, painted: 300000, energy: 1000 },
    identity: { have: false, needed: 'work', report: true },
  });
  expect(info).toMatchObject({ rules: 9, frozen: true, colours: [0, 3] });
  expect(info!.energy).toMatchObject({ policy: 'reddit', energy: 1000, curve: [] });
  expect(info!.identity).toEqual({ have: false, needed: 'work', report: true });
  expect(info!.regions).toEqual([
    { ...region, colours: null, from: null, until: 1795636000000, words: 'until <tonight>' },
    { ...region, closed: false, factor: 1, colours: null, from: null, until: null, words: '' },
  ]);
});

test.each([
  { policy: 'free' },
  { policy: 'custom', capacity: 0, blank: 1, painted: 1, energy: 0 },
  { policy: 'custom', capacity: 10, blank: -1, painted: 1, energy: 0 },
  { policy: 'custom', capacity: 10, blank: 1, painted: 1 },
  { policy: 'custom', capacity: 10, blank: 1, painted: 1, energy: 0, curve: [1, 'x'] },
  { policy: 'custom', capacity: 10, blank: 1, painted: 1, energy: 0, curve: Array(65).fill(1) },
  null,
  7,
])('energy %j is none', (energy) => {
  const info = parseInfo({ width: 1000, height: 1000, palette, energy });
  expect(info!.energy).toBeNull();
});
