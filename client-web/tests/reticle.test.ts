// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { centreCell, keepInView } from '../src/core/reticle';

const room = { x0: 0, y0: 40, x1: 390, y1: 700 };
const bounds = { x0: 0, y0: 0, x1: 1000, y1: 1000 };
/** The cell 500, 500 in the middle of the room. */
const view = { k: 10, x: 195 - 5005, y: 370 - 5005 };
const cell = { x: 500, y: 500 };

test('a reticle that is in view stays on its cell', () => {
  const aim = { cell, centred: false };
  const moved = { ...view, x: view.x + 100 };
  expect(keepInView(aim, moved, moved, room, bounds)).toBe(aim);
});

test.each([
  ['to the left', { ...view, x: view.x - 250 }, { x: 525, y: 500 }],
  ['upwards, below what lies at the top', { ...view, y: view.y - 340 }, { x: 500, y: 534 }],
])('panned out %s it stays in the middle and aims at what is there', (_, moved, at) => {
  expect(keepInView({ cell, centred: false }, moved, moved, room, bounds)).toEqual({
    cell: at,
    centred: true,
  });
});

test('from then on it goes with the middle, back to its own cell too', () => {
  const aim = { cell: { x: 525, y: 500 }, centred: true };
  expect(keepInView(aim, view, view, room, bounds)).toEqual({ cell, centred: true });
  const same = keepInView({ cell, centred: true }, view, view, room, bounds);
  expect(keepInView(same, view, view, room, bounds)).toBe(same);
});

test('what a flight passes does not count', () => {
  const far = { k: 10, x: 0, y: 0 };
  const aim = { cell, centred: false };
  expect(keepInView(aim, far, view, room, bounds)).toBe(aim);
});

test('the middle of what is beside the canvas is its edge', () => {
  expect(centreCell({ k: 10, x: 300, y: 500 }, room, bounds)).toEqual({ x: 0, y: 0 });
});
