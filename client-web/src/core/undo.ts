// SPDX-License-Identifier: ISC
// What can be taken back of what was placed last: that which is still on top, by an ordinary edit.

import type { Cell, Edit } from './edit';

export interface Step {
  readonly now: Edit;
  readonly before: Edit;
}

/** These were placed on cells that showed `before`. What nobody knows cannot be brought back. */
export const stepsOf = (edits: readonly Edit[], before: readonly (number | null)[]): Step[] =>
  edits.flatMap((now, i) => {
    const colour = before[i];
    return typeof colour === 'number' ? [{ now, before: { x: now.x, y: now.y, colour } }] : [];
  });

/** Without those that were not taken. */
export const withoutEdits = (steps: readonly Step[], edits: readonly Edit[]): readonly Step[] =>
  unlessAll(steps, ({ now }) => !edits.some(({ x, y }) => x === now.x && y === now.y));

/** Those that are still on top; the others are somebody else's pixels now. */
export const onTop = (
  steps: readonly Step[],
  shown: (cell: Cell) => number | null,
): readonly Step[] => unlessAll(steps, ({ now }) => shown(now) === now.colour);

/** What takes them back, the last one first. */
export const undoing = (steps: readonly Step[]): Edit[] => steps.map(({ before }) => before).reverse();

/** The same array where nothing is left out, so that nobody has to compare them. */
function unlessAll(steps: readonly Step[], keep: (step: Step) => boolean): readonly Step[] {
  const kept = steps.filter(keep);
  return kept.length === steps.length ? steps : kept;
}
