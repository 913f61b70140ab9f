// SPDX-License-Identifier: ISC
// The trail of one cell: every edit of it that is known, found block by block in the history of its
// canvas, and which of them comes next from any version on.

import { countUpTo, type Block } from './block';
import { EDIT_BYTES, packEdit, wordAt, wordColour, type Cell } from './edit';

/** One edit of the cell. */
export interface Step {
  /** Of the canvas after the record that the edit came in. */
  readonly version: number;
  /** In ms since 1970; null where nobody knows. */
  readonly time: number | null;
  readonly colour: number;
}

/** The block's edits of a cell (in the canvas's own coordinates), in their order; of a record the last. */
export function stepsOf(block: Block, cell: Cell): Step[] {
  const { edits, ends, versions, times } = block;
  const steps: Step[] = [];
  const wanted = new Uint8Array(EDIT_BYTES);
  packEdit({ ...cell, colour: 0 }, wanted, 0);
  const place = wordAt(wanted, 0);
  for (let at = 0; at < edits.length; at += EDIT_BYTES) {
    const word = wordAt(edits, at);
    if ((word & 0xfffff) !== place) continue;
    const record = countUpTo(ends, at / EDIT_BYTES);
    const version = versions[record]!;
    const time = times[record]! < 0 ? null : times[record]!;
    if (steps.at(-1)?.version === version) steps.pop();
    steps.push({ version, time, colour: wordColour(word) });
  }
  return steps;
}

/** Edits of one cell, each once, in the order of versions. */
export class Trail {
  private known: readonly Step[] = [];

  get steps(): readonly Step[] {
    return this.known;
  }

  add(steps: readonly Step[]): void {
    const all = new Map(this.known.map((step) => [step.version, step]));
    for (const step of steps) all.set(step.version, step);
    this.known = [...all.values()].sort((a, b) => a.version - b.version);
  }

  /** The last step that a version includes; null before the first. */
  at(version: number): Step | null {
    let found: Step | null = null;
    for (const step of this.known) if (step.version <= version) found = step;
    return found;
  }

  /** The step after this version, or (-1) the one before the step that it shows. */
  next(version: number, direction: 1 | -1): Step | null {
    if (direction > 0) return this.known.find((step) => step.version > version) ?? null;
    const shown = this.at(version);
    if (!shown) return null;
    // In the middle of what a step has made, back leads to the step itself.
    if (shown.version < version) return shown;
    return this.at(shown.version - 1);
  }
}
