// SPDX-License-Identifier: ISC
// Own edits that the log has not confirmed yet: an overlay apart from the board, so that taking one
// back shows what is on the board now, and never touches anybody's newer edit.

import type { Edit } from './edit';

interface Entry {
  readonly edits: readonly Edit[];
  /** When they were sent, in milliseconds. */
  readonly since: number;
  /** The version at which the board holds these edits; null until `placed` names it. */
  settleAt: number | null;
}

export class Pending {
  private readonly entries = new Map<number, Entry>();
  private lastId = 0;

  get size(): number {
    return this.entries.size;
  }

  /** Ids start at 1 on each connection and only grow. */
  add(edits: readonly Edit[], now: number): number {
    const id = ++this.lastId;
    this.entries.set(id, { edits, since: now, settleAt: null });
    return id;
  }

  /** `placed` is cumulative: it speaks for every message up to `id` that was not refused. Whether there
   * were any of which nothing had been heard. */
  placed(id: number, version: number, boardVersion: number): boolean {
    let news = false;
    for (const [key, entry] of this.entries) {
      if (key > id || entry.settleAt !== null) continue;
      entry.settleAt = version;
      news = true;
    }
    this.settle(boardVersion);
    return news;
  }

  /** Takes back this one message; returns its edits, or null when it is not pending. */
  refused(id: number): readonly Edit[] | null {
    const entry = this.entries.get(id);
    this.entries.delete(id);
    return entry ? entry.edits : null;
  }

  /** The board is at this version now: what it holds needs no overlay any more. */
  settle(boardVersion: number): boolean {
    let changed = false;
    for (const [id, entry] of this.entries) {
      if (entry.settleAt !== null && entry.settleAt <= boardVersion) {
        this.entries.delete(id);
        changed = true;
      }
    }
    return changed;
  }

  /** The edits of which nothing has been heard yet, oldest first. */
  get waiting(): Edit[] {
    return [...this.entries.values()].flatMap(({ edits, settleAt }) => (settleAt === null ? edits : []));
  }

  /** When the oldest edits were sent of which nothing has been heard yet; null when there are none. */
  get waitingSince(): number | null {
    for (const entry of this.entries.values()) if (entry.settleAt === null) return entry.since;
    return null;
  }

  /** The connection is gone: the overlay is empty again, and ids too. Returns what was in doubt. */
  drop(): Edit[] {
    const edits = this.waiting;
    this.entries.clear();
    this.lastId = 0;
    return edits;
  }

  /** The colour that the overlay shows on a cell (the newest edit's), if any. */
  at(x: number, y: number): number | undefined {
    let colour: number | undefined;
    for (const edit of this) if (edit.x === x && edit.y === y) colour = edit.colour;
    return colour;
  }

  /** All edits, oldest first, so that drawing them in this order shows the newest on top. */
  *[Symbol.iterator](): Iterator<Edit> {
    for (const entry of this.entries.values()) yield* entry.edits;
  }
}
