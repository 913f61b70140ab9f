// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { canvasFile, viewFile } from '../src/core/filename';
import { formatLink, parseLink, parseMoment } from '../src/core/link';
import { MAX_K } from '../src/core/view';

test.each([
  { x: 512, y: 40, scale: 16 },
  { x: -1024000, y: 1023999, scale: 0.25 },
])('leads back to %j', (place) => {
  expect(parseLink(formatLink(place))).toEqual(place);
});

test('the scale may be left out, and is kept to what one can zoom to', () => {
  expect(parseLink('#x=1&y=-2')).toEqual({ x: 1, y: -2, scale: 16 });
  expect(parseLink('#x=1&y=2&scale=9999')!.scale).toBe(MAX_K);
  expect(parseLink('#x=1&y=2&scale=-3')!.scale).toBe(0.05);
});

test.each(['', '#', '#x=1', '#x=a&y=2', '#x=1.5&y=2', '#x=1&y=2&scale=near', '#x=99999999&y=0'])(
  '%j names no place',
  (hash) => {
    expect(parseLink(hash)).toBeNull();
  },
);

test('a link to the past names its version, and one to the present none', () => {
  const place = { x: -3, y: 4, scale: 2 };
  const link = formatLink(place, 16_559_897);
  expect(parseMoment(link)).toBe(16_559_897);
  expect(parseLink(link)).toEqual(place);
  expect(parseMoment(formatLink(place))).toBeNull();
  expect(parseMoment(formatLink(place, 0))).toBe(0);
});

test.each(['', '#v=', '#v=-1', '#v=1e3', '#v=0x10', '#v=99999999999999999', '#version=3'])(
  '%j names no version',
  (hash) => {
    expect(parseMoment(hash)).toBeNull();
  },
);

test('a scale that fingers made is kept as far as anybody sees', () => {
  expect(parseLink(formatLink({ x: 1, y: 2, scale: 0.123456 }))!.scale).toBe(0.1235);
  expect(parseLink(formatLink({ x: 1, y: 2, scale: 12.3456 }))!.scale).toBe(12.35);
});

test('files are named after place and version', () => {
  expect(viewFile({ x: -5, y: 40, scale: 16 }, 123)).toBe('placed_x-5_y40_16x_v123.png');
  expect(viewFile({ x: 512, y: 40, scale: 0.5 }, null)).toBe('placed_x512_y40_0.5x.png');
  expect(canvasFile({ x: -1, y: 0 }, 7)).toBe('placed_canvas_-1_0_v7.png');
});
