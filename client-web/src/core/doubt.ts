// SPDX-License-Identifier: ISC
// Own pixels whose fate is not known when the page goes away, as text that the next page of this tab
// reads: by canvas, with the log that they were meant for. A log that is another by then has no room
// for them.

import type { Edit } from './edit';

/** Edits in the coordinates of their canvas. */
export interface Doubt {
  /** The canvas's name, as of core/plane. */
  readonly canvas: string;
  readonly genesis: string;
  readonly edits: readonly Edit[];
}

/** More than anybody draws within the seconds that doubt lasts. */
const MOST = 4_096;

const isSmall = (v: unknown): v is number =>
  Number.isInteger(v) && (v as number) >= 0 && (v as number) < 1_024;

/** '' where nothing is in doubt. */
export function formatDoubt(doubts: readonly Doubt[]): string {
  const some = doubts.filter(({ edits }) => edits.length > 0);
  if (some.length === 0) return '';
  return JSON.stringify(
    some.map(({ canvas, genesis, edits }) => [
      canvas,
      genesis,
      edits.flatMap(({ x, y, colour }) => [x, y, colour]),
    ]),
  );
}

/** What was written; nothing where that cannot be read. */
export function parseDoubt(text: string | null): Doubt[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((part: unknown) => {
    if (!Array.isArray(part)) return [];
    const [canvas, genesis, numbers] = part as unknown[];
    if (typeof canvas !== 'string' || typeof genesis !== 'string') return [];
    if (!Array.isArray(numbers) || numbers.length % 3 !== 0 || numbers.length > 3 * MOST) return [];
    if (!numbers.every(isSmall)) return [];
    const edits: Edit[] = [];
    for (let i = 0; i < numbers.length; i += 3) {
      const [x, y, colour] = numbers.slice(i, i + 3) as [number, number, number];
      if (colour > 15) return [];
      edits.push({ x, y, colour });
    }
    return [{ canvas, genesis, edits }];
  });
}
