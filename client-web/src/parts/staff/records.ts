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

/** The cell that a rule has found somebody in; null where it is about a network. */
export function areaOfCell({ cell }: Fields): Rect | null {
  if (!Array.isArray(cell)) return null;
  const [x, y, w, h] = cell;
  return areaOf({ x, y, w, h });
}

/** The networks that a rule has found, each once: the one that it is about, then those of its authors. */
export function networksOf({ net, networks }: Fields): string[] {
  const others = Array.isArray(networks) ? networks.map((one: Fields | null) => text(one?.net)) : [];
  return [...new Set([text(net), ...others])].filter((name) => name.startsWith('net:'));
}

/** How far around one pixel somebody looks who was led to it. */
const AROUND = 10;

/** An area with its neighbourhood, where it is only a pixel: what is wrong there is seldom one alone. */
export function widened(area: Rect): Rect {
  const { x0, y0, x1, y1 } = area;
  if (x1 - x0 > 1 || y1 - y0 > 1) return area;
  return { x0: x0 - AROUND, y0: y0 - AROUND, x1: x1 + AROUND, y1: y1 + AROUND };
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
