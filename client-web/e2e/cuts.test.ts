// SPDX-License-Identifier: ISC
// Whatever the network does, the page ends with the server's pictures on its boards: a few random cuts by
// each transport, on a plane of four canvases under a flood of edits. `bench/measure-cuts` does many.
// Needs build/tools/edit-flood.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kind } from '../src/net/transport';
import { cutting } from './cutting';
import { launch } from './page';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser?.close());

test.each(['websocket', 'events', 'poll'] as const satisfies readonly Kind[])(
  'by %s, cut at random, four canvases end equal to the pictures',
  { timeout: 240_000 },
  async (kind) => {
    const outcome = await cutting(browser, kind, 8, 200, 7);
    expect(outcome).toMatchObject({ cuts: 8, differing: 0, heals: 0, comparisons: 1 });
    expect(outcome.edits).toBeGreaterThan(0);
  },
);
