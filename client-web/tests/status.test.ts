// SPDX-License-Identifier: ISC
// Every row of the table: what is shown of the connection, and of what keeps one from drawing.

import { describe, expect, test } from 'vitest';
import { heldOf, shownOf, type Connection, type Drawing, type Times } from '../src/core/status';

const link = (change: Partial<Connection>): Connection => ({
  state: { kind: 'live' },
  trouble: 'unreachable',
  online: 1204,
  slower: false,
  ...change,
});
const times = (now: number, everLive = true, lostBy = 1006): Times => ({ now, since: 0, lostBy, everLive });
const lost = (code = 1006, retryAt: number | null = 4_500) => ({ kind: 'lost', code, retryAt }) as const;
const HERE = { kind: 'here', count: 1204 };
const CONNECTING = { kind: 'connecting' };

describe('the connection', () => {
  test('live: the dot is filled, and it says how many are here', () => {
    expect(shownOf(link({}), times(0))).toEqual({ dot: 'live', people: HERE, banner: null, again: Infinity });
  });

  test('by event stream or polls: the dot is half, and it is slower', () => {
    expect(shownOf(link({ slower: true }), times(0))).toEqual({
      dot: 'slower',
      people: { kind: 'slower' },
      banner: null,
      again: Infinity,
    });
  });

  test('catching up: the dot pulses, words come after a second only', () => {
    const catching = link({ state: { kind: 'catching' } });
    expect(shownOf(catching, times(0))).toMatchObject({ dot: 'catching', people: HERE, again: 1_000 });
    expect(shownOf(catching, times(999))).toMatchObject({ people: HERE, again: 1 });
    expect(shownOf(catching, times(1_000))).toMatchObject({ people: { kind: 'catching' }, again: Infinity });
    expect(shownOf(catching, times(0, false)).people).toEqual(CONNECTING);
  });

  test('at first it connects', () => {
    expect(shownOf(link({ state: { kind: 'starting' } }), times(0, false))).toMatchObject({
      dot: 'starting',
      people: CONNECTING,
      banner: null,
    });
  });

  test('lost: nothing for a second, then a banner that counts down', () => {
    expect(shownOf(link({ state: lost() }), times(999))).toMatchObject({
      dot: 'catching',
      people: HERE,
      banner: null,
      again: 1,
    });
    expect(shownOf(link({ state: lost() }), times(1_000))).toEqual({
      dot: 'lost',
      people: { kind: 'offline' },
      banner: { why: 'lost', seconds: 4 },
      again: 500,
    });
    expect(shownOf(link({ state: lost() }), times(1_500))).toMatchObject({
      banner: { why: 'lost', seconds: 3 },
      again: 1_000,
    });
    expect(shownOf(link({ state: lost(1006, null) }), times(5_000))).toMatchObject({
      banner: { why: 'lost', seconds: 0 },
      again: Infinity,
    });
  });

  test('never connected is not lost', () => {
    expect(shownOf(link({ state: lost() }), times(2_000, false)).banner?.why).toBe('never');
  });

  test.each([1011, 1012, 4001])('a server that restarts (%i) is not lost for three seconds', (code) => {
    const at = (now: number, state = lost(code)) => shownOf(link({ state }), times(now, true, code));
    expect(at(2_999)).toMatchObject({ banner: null, people: HERE, again: 1 });
    // Also when it was tried again meanwhile, and nothing was there.
    expect(at(2_999, lost(1006)).banner).toBeNull();
    expect(at(3_000).banner?.why).toBe('lost');
  });

  test.each(['full', 'origin', 'picture'] as const)('what is wrong is named: %s', (trouble) => {
    for (const everLive of [true, false]) {
      expect(shownOf(link({ state: lost(), trouble }), times(2_000, everLive)).banner?.why).toBe(trouble);
    }
  });
});

describe('the status line', () => {
  const drawing = (change: Partial<Drawing> = {}): Drawing => ({
    now: 0,
    readonly: false,
    frozen: false,
    standing: { kind: 'known' },
    anybody: false,
    secure: true,
    overdue: false,
    ...change,
  });
  const held = (change: Partial<Drawing>) => heldOf(drawing(change)).held;

  test('says nothing when all is well', () => {
    expect(heldOf(drawing())).toEqual({ held: null, again: Infinity });
  });

  test('says that the log is unavailable', () => {
    expect(held({ readonly: true })).toEqual({ kind: 'readonly' });
  });

  test('says that drawing is paused', () => {
    expect(held({ frozen: true })).toEqual({ kind: 'frozen' });
  });

  test('says that the server has not answered yet', () => {
    expect(held({ overdue: true })).toEqual({ kind: 'overdue' });
  });

  test('says why we are nobody', () => {
    expect(held({ standing: { kind: 'signin' } })).toEqual({ kind: 'signin' });
    expect(held({ standing: { kind: 'failed' } })).toEqual({ kind: 'failed' });
    expect(held({ standing: { kind: 'failed' }, secure: false })).toEqual({ kind: 'insecure' });
    expect(held({ standing: { kind: 'asking' } })).toBeNull();
  });

  test('says so of proof of work after a second only', () => {
    const standing = { kind: 'working', since: 500 } as const;
    expect(heldOf(drawing({ standing, now: 1_400 }))).toEqual({ held: null, again: 100 });
    expect(held({ standing, now: 1_500 })).toEqual({ kind: 'checking' });
  });

  test('counts down for a network with too many new visitors', () => {
    const standing = { kind: 'later', until: 90_400 } as const;
    expect(heldOf(drawing({ standing }))).toEqual({ held: { kind: 'later', ms: 90_400 }, again: 400 });
    expect(heldOf(drawing({ standing, now: 100_000 }))).toEqual({ held: { kind: 'later', ms: 0 }, again: Infinity });
  });

  test('none of that where anybody may draw', () => {
    expect(held({ standing: { kind: 'failed' }, anybody: true, overdue: true })).toEqual({ kind: 'overdue' });
  });
});
