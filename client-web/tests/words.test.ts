// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import { countdown } from '../src/texts/countdown';
import { agoWords, untilWords } from '../src/texts/time';
import { refusalWords } from '../src/texts/refusals';

const NOW = new Date(2026, 10, 25, 17, 0, 0).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Some versions of ICU put other spaces. */
const plain = (words: string) => words.replace(/[\u00a0\u202f]/g, ' ');

const words = (reason: string, rest: { retryMs?: number; until?: number | null; words?: string } = {}) =>
  plain(refusalWords({ reason, retryMs: 0, until: null, words: '', ...rest }, 1, ['blue'], NOW, 'en-GB'));

test('a countdown is in whole seconds, rounded up', () => {
  expect([0, 1, 1_000, 11_001, 60_000, 245_000, 3_600_000, -5].map(countdown)).toEqual([
    '0:00',
    '0:01',
    '0:01',
    '0:12',
    '1:00',
    '4:05',
    '1:00:00',
    '0:00',
  ]);
});

test('until when: relative under an hour, with the date on another day', () => {
  const until = (ms: number) => plain(untilWords(NOW + ms, NOW, 'en-GB'));
  expect(until(1)).toBe('for another 1 second');
  expect(until(40_000)).toBe('for another 40 seconds');
  expect(until(12 * MINUTE - 5)).toBe('for another 12 minutes');
  expect(until(HOUR)).toBe('until 18:00');
  expect(until(25 * HOUR)).toBe('until 26 Nov 2026, 18:00');
  expect(plain(untilWords(NOW + HOUR, NOW, 'en-US'))).toBe('until 6:00 PM');
});

test('how long ago', () => {
  const ago = (ms: number) => plain(agoWords(NOW - ms, NOW, 'en-GB'));
  expect(ago(-50)).toBe('just now');
  expect(ago(9_000)).toBe('just now');
  expect(ago(59_000)).toBe('59 seconds ago');
  expect(ago(3 * MINUTE + 5)).toBe('3 minutes ago');
  expect(ago(HOUR)).toBe('1 hour ago');
  expect(ago(23 * HOUR)).toBe('23 hours ago');
  expect(ago(48 * HOUR)).toBe('23 Nov 2026, 17:00');
});

describe('a refusal', () => {
  test('of a closed area says until when, and why', () => {
    expect(words('area')).toBe('This area is closed');
    expect(words('area', { until: NOW + HOUR })).toBe('This area is closed until 18:00');
    expect(words('area', { until: NOW + HOUR, words: 'the finale' })).toBe(
      'This area is closed until 18:00: the finale',
    );
    expect(words('locked')).toBe('This area is closed');
  });

  test('of a ban says until when and the reason as it was written', () => {
    expect(words('banned')).toBe("You can't draw here");
    expect(words('banned', { until: NOW + 25 * HOUR, words: '<b>flags</b>' })).toBe(
      "You can't draw here until 26 Nov 2026, 18:00, reason: <b>flags</b>",
    );
    expect(words('banned', { words: 'flags' })).toBe("You can't draw here, reason: flags");
  });

  test('for energy says when the next pixel goes, or that it never will', () => {
    expect(words('energy', { retryMs: 11_500 })).toBe('Next pixel in 0:12');
    const line = { reason: 'energy', retryMs: 11_500, until: null, words: '' };
    expect(refusalWords(line, 12, ['blue'], NOW)).toBe('You can place 12 pixels in 0:12');
    expect(words('energy')).toBe('That is more than you can save up: draw fewer pixels at once');
  });

  test('of what is too fast says when to try again', () => {
    expect(words('network', { retryMs: 4_000 })).toBe(
      'Too many pixels come from your network: try again in 0:04',
    );
    expect(words('rate')).toBe('That was too fast: try again in a moment');
    expect(words('young', { retryMs: 90_000 })).toBe('You are new here: you can draw in 1:30');
  });

  test('of a colour names it', () => {
    expect(words('colour')).toBe("You can't use blue here");
    expect(words('colour', { words: 'white only' })).toBe("You can't use blue here: white only");
  });

  test('of everything at once', () => {
    expect(words('frozen', { words: 'back soon' })).toBe('Drawing is paused: back soon');
    expect(words('identity')).toBe('To draw here, let this site keep a cookie, then try again');
    expect(words('busy')).toBe('The server is too busy: try again in a moment');
  });

  test('nobody has words for is named', () => {
    expect(words('tomorrow')).toBe('Not placed: tomorrow');
  });
});
