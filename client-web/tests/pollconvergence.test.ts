// SPDX-License-Identifier: ISC
// A page that polls, and a server that is drawn on behind caches, with everything that can go wrong
// between them, from one seed: no answers, 503, 204 at once, servers that are behind the others, old
// pictures, new logs, caches that leave edits out. In the end both have the same bytes.

import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Size } from '../src/core/edit';
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
vi.setConfig({ testTimeout: 60_000 });

let simulation: Simulation | null = null;

// It is loaded when it is first used, which the clock of these tests would not wait for.
beforeAll(() => import('../src/net/poll'));

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

async function run(seed: number, kinds: Omit<Kinds, 'transport' | 'caches'>): Promise<Simulation> {
  const it = new Simulation(seed, { transport: 'poll', caches: true, ...kinds });
  simulation = it;
  it.plane.start();
  for (let i = 0; i < 150; i++) {
    if (it.upTo(10) < 4) it.draw();
    if (kinds.newLogs && it.upTo(50) === 0) it.begin();
    if (it.upTo(10) === 0) it.place();
    if (it.upTo(60) === 0) it.plane.probe();
    await pass(it.upTo(1_000));
  }
  await it.settle();
  expect(it.mostPolls).toBe(1);
  return it;
}

const healsOf = ({ plane }: Simulation): number =>
  [...plane.live].reduce((sum, { sync }) => sum + sync.heals, 0);

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

test.each(seeds)('seed %i ends equal, without a checksum that differs', async (seed) => {
  const it = await run(seed, {});
  expect(healsOf(it)).toBe(0);
  expect(it.announced).toBe(0);
});

test.each(seeds)('seed %i with new logs ends equal', async (seed) => {
  const it = await run(seed, { newLogs: true });
  expect(healsOf(it)).toBe(0);
  expect(it.announced).toBeLessThan(2 * it.logs.length);
});

test.each(seeds)('seed %i with caches that leave edits out ends equal', async (seed) => {
  await run(seed, { lies: true });
});

test('new logs are said, and what was left out is found', async () => {
  let announced = 0;
  let heals = 0;
  for (const seed of seeds.slice(0, 8)) {
    announced += (await run(seed, { newLogs: true })).announced;
    simulation!.stop();
    heals += healsOf(await run(seed, { lies: true }));
    simulation!.stop();
  }
  expect(announced).toBeGreaterThan(0);
  expect(heals).toBeGreaterThan(0);
});
