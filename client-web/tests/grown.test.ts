// SPDX-License-Identifier: ISC
// The canvases by which the plane has grown are outlined for a moment, and then no longer.

import { expect, test, vi } from 'vitest';
import * as state from '../src/app/state';
import type { Look } from '../src/layers/layer';
import { Grown } from '../src/parts/grown';

interface Stroke {
  readonly box: readonly number[];
  readonly alpha: number;
}

function look(now: number, strokes: Stroke[]): Look {
  const g = {
    globalAlpha: 1,
    save: () => {},
    restore: () => {},
    setLineDash: () => {},
    strokeRect: (...box: number[]) => strokes.push({ box, alpha: g.globalAlpha }),
  };
  const view = { k: 2, x: 10, y: 20 };
  const port = { width: 800, height: 600, dpr: 1 };
  return { g: g as unknown as CanvasRenderingContext2D, view, port, k: 2, left: 10, top: 20, now };
}

test('they are outlined where they are, fade away, and are gone', () => {
  vi.useFakeTimers();
  try {
    state.info.value = { width: 1000, height: 1000 } as typeof state.info.value;
    const grown = new Grown();
    const strokes: Stroke[] = [];
    expect(grown.draw(look(performance.now(), strokes))).toBe(false);
    expect(strokes).toEqual([]);

    const began = performance.now();
    grown.show([
      { x: 1, y: 0 },
      { x: 1, y: 1 },
    ]);
    expect(grown.draw(look(began + 100, strokes))).toBe(false);
    // One line beside the cells, around both of its colours.
    expect(strokes.filter((_, i) => i % 2 === 0)).toEqual([
      { box: [2009, 19, 2002, 2002], alpha: 1 },
      { box: [2009, 2019, 2002, 2002], alpha: 1 },
    ]);

    strokes.length = 0;
    expect(grown.draw(look(began + 3_500, strokes))).toBe(true);
    expect(strokes[0]!.alpha).toBeCloseTo(0.5);

    strokes.length = 0;
    expect(grown.draw(look(began + 4_001, strokes))).toBe(false);
    expect(strokes).toEqual([]);
  } finally {
    vi.useRealTimers();
    state.info.value = null;
  }
});
