// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { EMPTY, type Pixels } from '../src/core/template/cells';
import { LIGHT, Nearest } from '../src/core/template/colours';
import { makeCells, mostWide } from '../src/core/template/make';
import { mapDithered, mapNearest } from '../src/core/template/map';
import { plainScale, reduce, scaleOf, styledScale } from '../src/core/template/reduce';

const PALETTE = ['#ffffff', '#e4e4e4', '#888888', '#222222', '#ffa7d1', '#e50009', '#e59500', '#a06a42', '#e5d900',
  '#94e044', '#02be01', '#00d3dd', '#0083c7', '#0000ea', '#cf6ee4', '#820080'];
const nearest = new Nearest(PALETTE, null);
const wish = { width: null, guess: false, dithered: false, palette: PALETTE, allowed: null };

/** Rows of letters: . is transparent, the others are looked up. */
const COLOURS: Record<string, string> = { r: '#e50009', b: '#0000ea', w: '#ffffff', k: '#222222' };
function picture(...rows: string[]): Pixels {
  const width = rows[0]!.length;
  const rgba = new Uint8Array(width * rows.length * 4);
  rows.join('').split('').forEach((letter, p) => {
    const rgb = Number.parseInt(COLOURS[letter]?.slice(1) ?? '0', 16);
    rgba.set([rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff, letter === '.' ? 0 : 255], p * 4);
  });
  return { width, height: rows.length, rgba };
}

/** The same with each pixel as a block with this mask. */
function styled(from: Pixels, mask: (letter: number) => string[]): Pixels {
  const scale = mask(0).length;
  const size = { width: from.width * scale, height: from.height * scale };
  const rgba = new Uint8Array(size.width * size.height * 4);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const at = (Math.floor(y / scale) * from.width + Math.floor(x / scale)) * 4;
      if (from.rgba[at + 3] === 0 || mask(from.rgba[at]!)[y % scale]![x % scale] !== 'x') continue;
      rgba.set(from.rgba.subarray(at, at + 4), (y * size.width + x) * 4);
    }
  }
  return { ...size, rgba };
}

function noise(width: number, height: number): Pixels {
  const rgba = new Uint8Array(width * height * 4);
  let state = 1;
  for (let i = 0; i < rgba.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    rgba[i] = i % 4 === 3 ? 255 : state >> 16;
  }
  return { width, height, rgba };
}

const ART = picture('rrb..k', 'rbb.kk', '.wwrrb', 'kwrb..');

test('a colour of the palette is itself, and another the one that looks most like it', () => {
  PALETTE.forEach((rgb, index) => {
    const n = Number.parseInt(rgb.slice(1), 16);
    expect(nearest.of(n >> 16, (n >> 8) & 0xff, n & 0xff)).toBe(index);
  });
  expect(nearest.of(255, 0, 0)).toBe(5);
  expect(nearest.of(0, 0, 0)).toBe(3);
  expect(nearest.of(20, 20, 200)).toBe(13);
  // In RGB a dark green would be nearest to the dark grey.
  expect(nearest.of(0, 110, 0)).toBe(10);
});

test('only colours that may be used are used', () => {
  const few = new Nearest(PALETTE, [0, 3]);
  expect(few.of(40, 20, 20)).toBe(3);
  expect(few.of(250, 250, 120)).toBe(0);
  expect(few.of(229, 0, 9)).not.toBe(5);
  expect(new Nearest(PALETTE, []).of(255, 0, 0)).toBe(5);
});

test('what is transparent stays so, mapped or dithered', () => {
  for (const map of [mapNearest, mapDithered]) {
    const { indices, width, height } = map(ART, nearest);
    expect([width, height]).toEqual([6, 4]);
    expect([...indices].map((index) => (index === EMPTY ? '.' : index)).join(' ')).toBe(
      '5 5 13 . . 3 5 13 13 . 3 3 . 0 0 5 5 13 3 0 5 13 . .',
    );
  }
});

test('dithered, an area is as bright as the picture; without the error it would be flat', () => {
  const grey = { width: 64, height: 64, rgba: new Uint8Array(64 * 64 * 4).fill(255) };
  for (let p = 0; p < 64 * 64; p++) grey.rgba.set([180, 180, 180], p * 4);
  const { indices } = mapDithered(grey, nearest);
  let light = 0;
  for (const index of indices) light += LIGHT[Number.parseInt(PALETTE[index]!.slice(3, 5), 16)]!;
  expect(light / indices.length).toBeCloseTo(LIGHT[180]!, 2);
  expect(new Set(indices).size).toBeGreaterThan(1);
  expect(new Set(mapNearest(grey, nearest).indices).size).toBe(1);
});

test('an enlarged picture is found and made small again', () => {
  for (const scale of [2, 3, 7, 10]) {
    const large = reduce(ART, 6 * scale);
    expect(large.width).toBe(6 * scale);
    expect(plainScale(large)).toBe(scale);
    expect(makeCells(large, { ...wish, guess: true }).cells).toEqual(mapNearest(ART, nearest));
    // Who did not ask for guessing gets it as it is.
    expect(makeCells(large, wish).cells.width).toBe(6 * scale);
  }
  expect(plainScale(ART)).toBe(1);
  expect(plainScale(picture('rrrr', 'rrrr', 'rrrr', 'rrrr'))).toBe(1);
  expect(scaleOf(noise(60, 60))).toBe(1);
});

test('a styled template is found, be its cells dots or symbols, and so is its width', () => {
  const dot = () => ['...', '.x.', '...'];
  const big = () => ['.....', '.xxx.', '.xxx.', '.xxx.', '.....'];
  const symbols = (red: number) =>
    red > 128 ? ['x...x', '.x.x.', '..x..', '.x.x.', 'x...x'] : ['..x..', '..x..', 'xxxxx', '..x..', '..x..'];
  for (const [mask, scale] of [[dot, 3], [big, 5], [symbols, 5]] as const) {
    const large = styled(ART, mask);
    expect(styledScale(large)).toBe(scale);
    expect(makeCells(large, wish).cells).toEqual(mapNearest(ART, nearest));
    expect(makeCells(large, { ...wish, width: 6 }).cells).toEqual(mapNearest(ART, nearest));
  }
  // Drawings in one colour are no symbols.
  expect(styledScale(picture('r..r..', '.rr.r.', 'r....r', '.r.rr.', '..r..r', 'rr.r..'))).toBe(1);
});

test('the width that somebody says is had: blocks vote, photographs are averaged', () => {
  const large = reduce(ART, 60);
  // Somebody scribbled on it.
  for (const p of [3, 125, 777]) large.rgba.set([1, 200, 3, 255], p * 4);
  expect(makeCells(large, { ...wish, width: 6 }).cells).toEqual(mapNearest(ART, nearest));
  const small = reduce(noise(90, 60), 9);
  expect([small.width, small.height]).toEqual([9, 6]);
  const mean = [...small.rgba].filter((_, i) => i % 4 !== 3).reduce((sum, v) => sum + v, 0) / (9 * 6 * 3);
  expect(Math.abs(mean - 145)).toBeLessThan(15);
  expect(reduce(noise(10, 7), 4)).toMatchObject({ width: 4, height: 3 });
  expect(makeCells(ART, { ...wish, width: 12 }).cells).toMatchObject({ width: 12, height: 8 });
});

test('nothing becomes larger than what can be shown', () => {
  expect(mostWide({ width: 100, height: 50 }, 100)).toBe(100);
  for (const size of [{ width: 5000, height: 5000 }, { width: 30_000, height: 10 }, { width: 10, height: 30_000 }]) {
    const width = mostWide(size, size.width);
    const height = Math.max(1, Math.round((size.height * width) / size.width));
    expect(width * height).toBeLessThanOrEqual(4_000_000);
    expect(Math.max(width, height)).toBeLessThanOrEqual(8000);
    expect(width).toBeGreaterThan(0);
  }
});

test('a picture in the colours of the palette needs no dithering', () => {
  expect(makeCells(ART, wish).exact).toBe(true);
  expect(makeCells(noise(9, 9), wish).exact).toBe(false);
});
