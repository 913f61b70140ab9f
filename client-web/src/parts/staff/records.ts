// SPDX-License-Identifier: ISC
// The records that the admin API answers with: what is read from them, none of it trusted to be there.
// All of it is text that somebody wrote, and stays text.

import type { Rect } from '../../core/edit';
import type { Fields } from '../../net/control';

export const text = (v: unknown): string =>
  typeof v === 'string' ? v : typeof v === 'number' ? String(v) : '';
export const number = (v: unknown): number => (typeof v === 'number' ? v : 0);
export const texts = (v: unknown): string[] => (Array.isArray(v) ? v.map(text).filter(Boolean) : []);

export function areaOf(fields: Fields): Rect {
  const [x, y] = [number(fields.x), number(fields.y)];
  return { x0: x, y0: y, x1: x + Math.max(1, number(fields.w)), y1: y + Math.max(1, number(fields.h)) };
}

/** The records of an answer, which is a list or an object with one. */
export function rowsOf(answer: unknown, name: string): Fields[] {
  const rows = Array.isArray(answer) ? answer : (answer as Fields | null)?.[name];
  return Array.isArray(rows) ? (rows as Fields[]) : [];
}

/** The rectangle that a predicate names; null where it names none. */
export function areaOfPredicate(predicate: string): Rect | null {
  const found = /(?:^| )r:(-?\d+),(-?\d+),(\d+),(\d+)(?: |$)/.exec(predicate);
  if (!found) return null;
  const [x, y, w, h] = found.slice(1).map(Number) as [number, number, number, number];
  return { x0: x, y0: y, x1: x + w, y1: y + h };
}

/** Whether all of the words, in any order, are somewhere in the record. */
export function matches(row: Fields, words: string): boolean {
  const all = Object.values(row).map(text).join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
