// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { formatLearned, nextStep, parseLearned } from '../src/core/coach';

const nothing = { colour: false, zoom: false, place: false };

test('one thing at a time, in their order', () => {
  expect(nextStep(nothing, false)).toBe('colour');
  expect(nextStep({ ...nothing, colour: true }, false)).toBe('zoom');
  expect(nextStep({ ...nothing, colour: true, zoom: true }, true)).toBe('place');
  expect(nextStep({ colour: true, zoom: true, place: true }, true)).toBeNull();
});

test('who is near already is not told to come nearer', () => {
  expect(nextStep({ ...nothing, colour: true }, true)).toBe('place');
});

test('whoever zoomed first and went out again is not told to zoom', () => {
  expect(nextStep({ colour: true, zoom: true, place: false }, false)).toBe('place');
});

test('who has placed a pixel has nothing to learn', () => {
  expect(nextStep({ colour: false, zoom: false, place: true }, false)).toBeNull();
});

test.each([nothing, { colour: true, zoom: false, place: true }])('%j is kept', (learned) => {
  expect(parseLearned(formatLearned(learned))).toEqual(learned);
});

test.each(['', 'everything', '{"place":true}'])('%j means that nothing was done', (text) => {
  expect(parseLearned(text)).toEqual(nothing);
});
