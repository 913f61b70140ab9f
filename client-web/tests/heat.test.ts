// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { addHeat, decodeHeat, heatColour, HEAT_MAX, hottest, numberOf, paintHeat } from '../src/core/heat';
import { encodeBlock, encodePng, heatOf, makeRecords, SIZE } from './world';

const cells = SIZE.width * SIZE.height;
const levels = Array.from({ length: 256 }, (_, i) => `#${i.toString(16).padStart(2, '0')}0000`);

test('a level is the least number of edits that has it', () => {
  expect([0, 1, 63, 64].map(numberOf)).toEqual([0, 1, 63, 64]);
  for (let level = 64; level < 256; level++) {
    const levelOf = (n: number) => Math.min(255, 64 + Math.floor(24 * Math.log2(n / 64) + 1e-9));
    expect(levelOf(numberOf(level))).toBe(level);
    expect(levelOf(numberOf(level) - 1)).toBe(level - 1);
  }
  expect(numberOf(64 + 24)).toBe(128);
  expect(numberOf(255)).toBe(15_918);
  expect(numberOf(255)).toBeLessThan(HEAT_MAX);
});

test('levels become numbers, and edits are added to them', async () => {
  const records = makeRecords(30);
  const before = heatOf(records, 20);
  const counts = await decodeHeat(encodePng(Uint8Array.from(before), levels), SIZE);
  expect([...counts]).toEqual([...before]);
  const later = records.filter(({ offset }) => offset >= 20);
  const n = later.reduce((sum, { edits }) => sum + edits.length, 0);
  const block = encodeBlock(later, 0, 20);
  const edits = block.subarray(block.length - 3 * n);
  addHeat(counts, edits, n, SIZE);
  expect([...counts]).toEqual([...heatOf(records, Infinity)]);
  // The first ones only.
  const some = Uint16Array.from(before);
  addHeat(some, edits, later[0]!.edits.length, SIZE);
  expect([...some]).toEqual([...heatOf(records, later[0]!.offset + 1)]);
});

test('a number stays at its largest', () => {
  const counts = new Uint16Array(cells).fill(HEAT_MAX);
  addHeat(counts, new Uint8Array(30), 10, SIZE);
  expect(counts[0]).toBe(HEAT_MAX);
});

test('what is no heat map is refused', async () => {
  const samples = new Uint8Array(cells);
  await expect(decodeHeat(encodePng(samples, [], {}, SIZE, 0), SIZE)).rejects.toThrow('no heat map');
  const other = { width: 20, height: 60 };
  await expect(decodeHeat(encodePng(samples, levels, {}, other), SIZE)).rejects.toThrow('size');
  await expect(decodeHeat(new Uint8Array(50), SIZE)).rejects.toThrow();
});

test('the map is darkest where nobody painted, and brightest where most did', () => {
  const counts = Uint16Array.of(0, 1, 10, 100, 1_000);
  const words = new Uint32Array(5);
  paintHeat(counts, words, 'heat', hottest(counts));
  const light = [...words].map((w) => 2 * (w & 0xff) + 5 * ((w >> 8) & 0xff) + ((w >> 16) & 0xff));
  expect(light).toEqual([...light].sort((a, b) => a - b));
  expect(new Set(light).size).toBe(5);
  const [r, g, b] = heatColour(1);
  expect(words[4]! & 0xffffff).toBe((b << 16) | (g << 8) | r);
});

test('never painted is one colour, painted once or often another', () => {
  const counts = Uint16Array.of(0, 1, 65_535, 0);
  const words = new Uint32Array(4);
  paintHeat(counts, words, 'unpainted', hottest(counts));
  expect(words[0]).toBe(words[3]);
  expect(words[1]).toBe(words[2]);
  expect(words[0]).not.toBe(words[1]);
});

test('a canvas that nobody painted has a map too', () => {
  const words = new Uint32Array(2);
  const counts = new Uint16Array(2);
  paintHeat(counts, words, 'heat', Math.max(1, hottest(counts)));
  expect(words[0]).toBe(words[1]);
  expect(words[0]! >>> 24).toBeGreaterThan(0);
});
