// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import type { Region } from '../src/core/info';
import { nextTurn, regionsAt, regionsNow, ruleAt, saying } from '../src/core/regions';
import { regionWords } from '../src/texts/regionwords';

const region = (values: Partial<Region>): Region => ({
  name: 'r',
  x: 0,
  y: 0,
  w: 10,
  h: 10,
  closed: false,
  factor: 1,
  colours: null,
  from: null,
  until: null,
  words: '',
  ...values,
});

test('a region holds inside its rectangle, negative coordinates too', () => {
  const closed = region({ x: -5, y: -5, closed: true });
  const at = (x: number, y: number) => ruleAt([closed], { x, y }, null, 0).closed;
  expect(at(-5, -5)).toBe(closed);
  expect(at(4, 4)).toBe(closed);
  expect(at(5, 4)).toBeNull();
  expect(at(-6, 0)).toBeNull();
});

test('a region holds from its beginning to before its end', () => {
  const closed = region({ closed: true, from: 100, until: 200 });
  const at = (now: number) => ruleAt([closed], { x: 0, y: 0 }, null, now).closed;
  expect([99, 100, 199, 200].map((now) => at(now) !== null)).toEqual([false, true, true, false]);
});

test('colours that are not in the list are not allowed', () => {
  const regions = [region({ colours: [1, 2] }), region({ x: 50, colours: [] })];
  expect(ruleAt(regions, { x: 1, y: 1 }, 2, 0)).toEqual({ closed: null, colourless: null, factor: 1 });
  expect(ruleAt(regions, { x: 1, y: 1 }, 3, 0).colourless).toBe(regions[0]);
  expect(ruleAt(regions, { x: 1, y: 1 }, null, 0).colourless).toBeNull();
});

test('the dearest of several regions counts, but one that costs as everywhere has no say', () => {
  const at = (...factors: number[]) =>
    ruleAt(factors.map((factor) => region({ factor })), { x: 1, y: 1 }, 2, 0).factor;
  expect([at(1), at(0.5, 1), at(0, 0.5), at(2, 0.5), at(1, 3, 0)]).toEqual([1, 0.5, 0.5, 2, 3]);
});

test('of several closed ones the one that is so for the longest is named', () => {
  const until = (time: number | null) => region({ closed: true, until: time });
  const name = (...regions: Region[]) => ruleAt(regions, { x: 1, y: 1 }, null, 0).closed!.until;
  expect(name(until(100), until(300), until(200))).toBe(300);
  expect(name(until(100), until(null), until(200))).toBeNull();
});

test('what holds for a cell comes with what closes it first', () => {
  const cheap = region({ name: 'cheap', factor: 0.5 });
  const closed = region({ name: 'closed', closed: true });
  const names = (x: number, now: number) =>
    regionsAt([cheap, closed, region({ name: 'later', from: 50 })], { x, y: 0 }, now).map(({ name }) => name);
  expect(names(0, 0)).toEqual(['closed', 'cheap']);
  expect(names(0, 50)).toEqual(['closed', 'cheap', 'later']);
  expect(names(10, 50)).toEqual([]);
});

test('of those that hold now the smaller ones lie on top', () => {
  const regions = [region({ name: 'small', w: 2 }), region({ name: 'large' }), region({ name: 'over', until: 5 })];
  expect(regionsNow(regions, 5).map(({ name }) => name)).toEqual(['large', 'small']);
});

test('the next turn is the next beginning or end', () => {
  const regions = [region({ from: 100, until: 200 }), region({ until: 150 }), region({})];
  expect([0, 100, 150, 200].map((now) => nextTurn(regions, now))).toEqual([100, 150, 200, Infinity]);
});

test('a region says what it means for whoever wants to paint there', () => {
  const palette = [{ name: 'white', rgb: '#ffffff' }, { name: 'red', rgb: '#ff0000' }];
  const words = (values: Partial<Region>) => regionWords(region({ name: 'the park', ...values }), palette, 0);
  expect(words({})).toEqual([]);
  expect(words({ closed: true, words: 'resting', factor: 3 })).toEqual(['Closed: resting']);
  expect(words({ closed: true, until: 90_000, words: 'the park' })).toEqual(['Closed for another 2 minutes']);
  expect(words({ factor: 0 })).toEqual(['Pixels are free here']);
  expect(words({ factor: 1.5, colours: [1] })).toEqual([
    'Only red can be used here',
    'A pixel costs 1.5 times as much here',
  ]);
});

test('a name that the server says for want of words is none of the operator', () => {
  const regions = [region({ name: 'locked 1,2 3x4' }), region({ name: 'flag' })];
  expect(saying('locked 1,2 3x4', regions)).toBe('');
  expect(saying('the judges look at it', regions)).toBe('the judges look at it');
  expect(saying('', regions)).toBe('');
});
