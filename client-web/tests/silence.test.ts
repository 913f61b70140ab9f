// SPDX-License-Identifier: ISC
// A network that dies without a word, under a page that somebody looks at and a canvas on which nothing
// happens: noticed within seconds, by each transport, and not before it has died.

import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Size } from '../src/core/edit';
import type { Kind } from '../src/net/transport';
import { indicesOf } from './png';
import { pass, Simulation } from './simulation';

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

let simulation: Simulation;

// They are loaded when they are first used, which the clock of these tests would not wait for.
beforeAll(() => Promise.all([import('../src/net/poll'), import('../src/net/eventstream')]));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  simulation.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const SEEDS = [0, 1, 2, 3, 4];
/** A cache may stand between polls and the server, so they ask more seldom. */
const NOTICED_MS: Readonly<Record<Kind, number>> = { websocket: 10_000, events: 10_000, poll: 20_000 };

const lost = (): number =>
  [...simulation.plane.live].filter(({ sync }) => sync.state.kind === 'lost').length;

async function quiet(seed: number, transport: Kind): Promise<void> {
  simulation = new Simulation(seed, { transport });
  simulation.plane.start();
  await pass(5_000);
  await simulation.settle();
}

for (const transport of ['websocket', 'events', 'poll'] as const satisfies readonly Kind[]) {
  test.each(SEEDS)(`${transport}, seed %i: a dead network is noticed in time, on all canvases`, async (seed) => {
    await quiet(seed, transport);
    // As quiet as it gets: nothing but answers comes.
    await pass(60_000 + simulation.upTo(10_000));
    expect(lost()).toBe(0);
    simulation.cut(true);
    await pass(NOTICED_MS[transport]);
    expect(simulation.plane.state.kind).toBe('lost');
    await pass(5_000);
    expect(lost()).toBe(4);
  });
}

test('a page that nobody looks at asks nothing for a while', async () => {
  await quiet(0, 'websocket');
  vi.stubGlobal('document', { hidden: true });
  simulation.cut(true);
  await pass(20_000);
  expect(lost()).toBe(0);
  // Until it is looked at again.
  vi.stubGlobal('document', { hidden: false });
  simulation.plane.probe();
  await pass(5_000);
  expect(lost()).toBe(4);
});

test('an attempt that hangs is begun anew when the network is another one', async () => {
  await quiet(0, 'websocket');
  simulation.cut(true);
  simulation.plane.probe();
  await pass(5_000);
  expect(lost()).toBe(4);
  simulation.plane.retryNow();
  await pass(3_000);
  // Without a word to what hangs: it goes on hanging.
  simulation.revive();
  simulation.plane.probe();
  await pass(1_000);
  expect(simulation.plane.state.kind).toBe('live');
});
