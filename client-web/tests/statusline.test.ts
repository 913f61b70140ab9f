// SPDX-License-Identifier: ISC
import { beforeEach, expect, test } from 'vitest';
import { SAY_MS, StatusLine } from '../src/core/statusline';

let line: StatusLine<string>;
const words = (now: number) => line.at(now)?.words ?? '';

beforeEach(() => {
  line = new StatusLine();
});

test('a refusal comes before a state, that before a result, and that before a coach mark', () => {
  line.coach('coach');
  expect(line.at(0)).toEqual({ rank: 'coach', words: 'coach', until: Infinity });
  line.say('result');
  expect(words(0)).toBe('result');
  line.hold('drawing', 'frozen', 'state', 0);
  expect(words(1)).toBe('state');
  line.refuse('refusal');
  expect(line.at(1)).toEqual({ rank: 'refusal', words: 'refusal', until: 1 + SAY_MS });
});

test('refusals and results end by themselves, states and coach marks when it is not so any more', () => {
  line.coach('coach');
  line.hold('drawing', 'frozen', 'state', 0);
  line.refuse('refusal');
  expect(words(0)).toBe('refusal');
  expect(words(SAY_MS - 1)).toBe('refusal');
  expect(words(SAY_MS)).toBe('state');
  expect(words(100 * SAY_MS)).toBe('state');
  line.hold('drawing', null, null, 100 * SAY_MS);
  expect(words(100 * SAY_MS)).toBe('coach');
  line.coach(null);
  expect(line.at(100 * SAY_MS)).toBeNull();
});

test('a result waits until a new state has been read, then takes its own time', () => {
  line.hold('drawing', 'signin', 'Sign in', 0);
  line.say('Link copied');
  expect(line.at(10)).toEqual({ rank: 'state', words: 'Sign in', until: SAY_MS });
  expect(line.at(SAY_MS)).toEqual({ rank: 'result', words: 'Link copied', until: 2 * SAY_MS });
  expect(words(2 * SAY_MS)).toBe('Sign in');
  // Later it is known: results come at once.
  line.say('Saved');
  expect(words(3 * SAY_MS)).toBe('Saved');
});

test('a state whose words count down is no news each time', () => {
  for (let s = 0; s < 10; s++) line.hold('drawing', 'later', `in ${10 - s} s`, 1_000 * s);
  line.say('Link copied');
  expect(words(9_000)).toBe('Link copied');
  line.hold('drawing', 'frozen', 'Paused', 9_000);
  expect(words(9_001)).toBe('Paused');
});

test('with the past nothing of the present is said, not even when there is nothing to say of the past', () => {
  line.coach('coach');
  line.hold('drawing', 'frozen', 'Paused', 0);
  line.hold('past', 'past', null, 0);
  expect(line.at(1)).toBeNull();
  line.hold('past', 'loading', 'Loading', 1);
  expect(words(2)).toBe('Loading');
  line.hold('past', 'past', null, 2);
  line.say('Link copied');
  expect(words(3)).toBe('Link copied');
  line.hold('past', null, null, 4);
  expect(words(10 * SAY_MS)).toBe('Paused');
});

test('of several refusals the last one counts', () => {
  line.refuse('one');
  expect(words(0)).toBe('one');
  line.refuse('two');
  expect(words(SAY_MS - 1)).toBe('two');
  expect(words(2 * SAY_MS - 2)).toBe('two');
  expect(words(2 * SAY_MS - 1)).toBe('');
});
