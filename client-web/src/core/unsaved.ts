// SPDX-License-Identifier: ISC
// Own edits whose connection was lost before the log had confirmed them. The board shows what became
// of each: those whose colour it has were saved, the others can be placed again.

import type { Edit } from './edit';

export class Unsaved {
  private edits: Edit[] = [];

  get size(): number {
    return this.edits.length;
  }

  [Symbol.iterator](): Iterator<Edit> {
    return this.edits.values();
  }

  /** Of several edits of one cell the last one counts. */
  add(edits: Iterable<Edit>): void {
    for (const edit of edits) {
      this.supersede([edit]);
      this.edits.push(edit);
    }
  }

  /** These cells are placed anew: what was not saved of them before does not matter any more. */
  supersede(edits: Iterable<Edit>): void {
    if (this.edits.length === 0) return;
    for (const edit of edits) {
      this.edits = this.edits.filter(({ x, y }) => x !== edit.x || y !== edit.y);
    }
  }

  /** Forgets those whose colour the board has now; whether there were any. */
  settle(at: (x: number, y: number) => number): boolean {
    const before = this.edits.length;
    if (before > 0) this.edits = this.edits.filter(({ x, y, colour }) => at(x, y) !== colour);
    return this.edits.length !== before;
  }

  /** All of them, to be placed again; none are left. */
  take(): Edit[] {
    return this.edits.splice(0);
  }
}
