// SPDX-License-Identifier: ISC
// 500 random cuts of the network for each transport, on a plane of four canvases that everybody draws on:
// whatever was on its way is lost or not, what is asked for meanwhile fails or is never answered. In the
// end all four canvases equal the server's, and no own pixel was lost without a word.

import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Size } from '../src/core/edit';
import type { Kind } from '../src/net/transport';
import { indicesOf } from './png';
import { pass, Simulation, type Kinds } from './simulation';

// Decoding in threads takes as long as it likes; these tests have a clock of their own.
vi.mock('../src/core/picture', async (original) => ({
  ...(await original<typeof import('../src/core/picture')>()),
  decodePicture: async (file: Uint8Array, size: Size) => ({
    version: null,
    genesis: null,
    indices: indicesOf(file, size),
  }),
}));

// Real time counts for nothing here, and may be long on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const CUTS = 20;
const SEEDS = 25;

let simulation: Simulation | null = null;

// They are loaded when they are first used, which the clock of these tests would not wait for.
beforeAll(() => Promise.all([import('../src/net/poll'), import('../src/net/eventstream')]));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  simulation?.stop();
  simulation = null;
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Draws for a while, on both sides, and perhaps begins a new log. */
async function live(it: Simulation, ms: number, kinds: Kinds): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    if (it.upTo(10) < 4) it.draw();
    if (it.upTo(10) < 1) it.place();
    if (it.upTo(60) === 0) it.plane.probe();
    if (kinds.newLogs && it.upTo(150) === 0) it.begin();
    await pass(it.upTo(300));
  }
}

async function run(seed: number, kinds: Kinds): Promise<Simulation> {
  const it = new Simulation(seed, kinds);
  simulation = it;
  it.plane.start();
  await live(it, 3_000, kinds);
  while (it.cuts < CUTS) {
    // Mostly after it is well again; now and then in the middle of coming back.
    for (let i = 0; i < 60 && it.upTo(8) > 0 && it.plane.state.kind !== 'live'; i++) await live(it, 1_000, kinds);
    await live(it, it.upTo(4_000), kinds);
    it.cut(it.upTo(4) === 0);
    await live(it, it.upTo([800, 800, 5_000, 40_000][it.upTo(4)]!), kinds);
    it.mend();
    if (it.upTo(3) === 0) it.plane.retryNow();
    if (it.upTo(3) === 0) it.plane.placeUnsaved();
  }
  await it.settle();
  expect(it.mostPolls).toBeLessThanOrEqual(1);
  return it;
}

const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);

for (const transport of ['websocket', 'events', 'poll'] as const satisfies readonly Kind[]) {
  test.each(seeds)(`${transport}: seed %i, ${CUTS} cuts, ends equal without a checksum that differs`, async (seed) => {
    const it = await run(seed, { transport });
    expect([...it.plane.live].map(({ sync }) => sync.heals)).toEqual([0, 0, 0, 0]);
    expect(it.announced).toBe(0);
  });

  test.each(seeds.slice(0, 8))(`${transport}: seed %i, with new logs too, ends equal`, async (seed) => {
    const it = await run(seed, { transport, newLogs: true });
    expect(it.announced).toBeLessThan(it.logs.length);
  });
}
