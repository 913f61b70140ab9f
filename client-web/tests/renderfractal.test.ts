// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import {
  decimal,
  digitsAt,
  formatC,
  fromComplex,
  MANDELBROT,
  nameable,
  parseC,
  tilePath,
  toComplex,
  type FractalSet,
} from '../render/core/fractal';
import { formatFractal, formatMap, parseFractal, parseMap } from '../render/core/link';

const FRACTAL = { revision: 1, palettes: ['fire', 'ocean'], maxZoom: 40 };
const JULIA: FractalSet = { kind: 'julia', c: { re: -0.8, im: 0.156 } };

test('the tile of zoom 0 is the square of 4 x 4, imaginary part up', () => {
  expect(toComplex(MANDELBROT, 0, 0)).toEqual({ re: -2.5, im: 2 });
  expect(toComplex(MANDELBROT, 1, 1)).toEqual({ re: 1.5, im: -2 });
  expect(toComplex(JULIA, 0.5, 0.5)).toEqual({ re: 0, im: 0 });
  expect(fromComplex(MANDELBROT, { re: -2.5, im: 2 })).toEqual({ x: 0, y: 0 });
});

test('a place at zoom 40 comes back from its link within a quarter of a pixel', () => {
  const pixel = 2 ** -48;
  for (const [x, y] of [
    [0.4391, 0.4671],
    [2 ** -47 + 0.25, 0.75 - 3 * 2 ** -48],
    [0.999, 0.001],
  ] as const) {
    const centre = toComplex(MANDELBROT, x, y);
    const hash = formatFractal({ set: MANDELBROT, palette: 'fire', centre, zoom: 40 });
    const back = fromComplex(MANDELBROT, parseFractal(hash, FRACTAL.palettes, 40).centre!);
    expect(Math.abs(back.x - x)).toBeLessThan(pixel / 4);
    expect(Math.abs(back.y - y)).toBeLessThan(pixel / 4);
  }
});

test('a link of any zoom has the digits that its pixels need and no more', () => {
  for (let zoom = 0; zoom <= 40; zoom++) {
    const pixel = 4 / 256 / 2 ** zoom;
    expect(10 ** -digitsAt(zoom)).toBeLessThanOrEqual(pixel / 4);
    if (zoom > 4) expect(10 ** -digitsAt(zoom)).toBeGreaterThan(pixel / 80);
  }
});

test('what a link says of set, place and palette is what comes back', () => {
  const view = { set: JULIA, palette: 'ocean', centre: { re: 0.25, im: -0.125 }, zoom: 7 };
  expect(formatFractal(view)).toBe('#set=julia&c=-0.8,0.156&x=0.25&y=-0.125&z=7&palette=ocean');
  expect(parseFractal(formatFractal(view), FRACTAL.palettes, 40)).toEqual(view);
});

test('a link that says nonsense shows all of the Mandelbrot set', () => {
  const whole = { set: MANDELBROT, palette: 'fire', centre: null, zoom: null };
  for (const hash of ['', '#', '#set=julia', '#set=julia&c=9,9&x=1', '#x=1e3&y=0&z=4', '#x=0&y=0&z=-1', '#palette=pink']) {
    expect(parseFractal(hash, FRACTAL.palettes, 40), hash).toEqual(whole);
  }
  expect(parseFractal('#x=0&y=0&z=77', FRACTAL.palettes, 40).zoom).toBe(40);
});

test('names of Julia sets have one form: at most six places, no final zero, no minus before nothing', () => {
  expect(formatC({ re: -0.8, im: 0.156 })).toBe('-0.8,0.156');
  expect(formatC({ re: -0.0000001, im: 0 })).toBe('0,0');
  expect(formatC({ re: 2.5, im: -7 })).toBe('2,-2');
  expect(formatC({ re: 0.1 + 0.2, im: 1 })).toBe('0.3,1');
  expect(formatC({ re: 0.123456789, im: -0.000001 })).toBe('0.123457,-0.000001');
  expect(parseC('-0.8,0.156')).toEqual({ re: -0.8, im: 0.156 });
  for (const text of ['', '1', '1,2,0', '1e0,0', 'x,0', '2.1,0', null]) expect(parseC(text)).toBeNull();
});

test('the preview asks for no more digits than the pointer can tell apart', () => {
  expect(formatC(nameable({ re: -0.74364388, im: 0.13182590 }, 2))).toBe('-0.744,0.132');
  expect(formatC(nameable({ re: -0.74364388, im: 0.13182590 }, 40))).toBe('-0.743644,0.131826');
});

test('the first palette is not in the names of tiles', () => {
  const at = { x: 3, y: 5, z: 4 };
  expect(tilePath(FRACTAL, MANDELBROT, 'fire', at)).toBe('mandelbrot/1/4/3/5.png');
  expect(tilePath(FRACTAL, JULIA, 'ocean', at)).toBe('julia/1-ocean/-0.8,0.156/4/3/5.png');
  const deep = { x: 2 ** 40 - 1, y: 0, z: 40 };
  expect(tilePath(FRACTAL, MANDELBROT, 'fire', deep)).toBe('mandelbrot/1/40/1099511627775/0.png');
});

test('decimals have no exponent', () => {
  expect(decimal(1e-7, 9)).toBe('0.0000001');
  expect(decimal(-0.000000001, 3)).toBe('0');
  expect(decimal(100, 0)).toBe('100');
});

test('a link to a map names style, place and zoom', () => {
  const view = { style: 'night sky', lat: 52.52, lng: -13.4, zoom: 9 };
  expect(parseMap(formatMap(view), 18)).toEqual(view);
  expect(parseMap('#lat=91&lon=0&z=1', 18)).toBeNull();
  expect(parseMap('#lat=1&lon=0', 18)).toBeNull();
  expect(parseMap('#lat=1&lon=0&z=30', 18)?.zoom).toBe(18);
});
