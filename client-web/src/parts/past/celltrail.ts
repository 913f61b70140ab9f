// SPDX-License-Identifier: ISC
// Following one cell through its history: its edits are looked for block by block, from the moment that is
// shown outward, and further only where somebody steps there.

import { blockFor, type BlockRef, type HistoryIndex } from '../../core/historyindex';
import { stepsOf, Trail, type Step } from '../../core/celltrail';
import type { Cell } from '../../core/edit';
import type { History } from '../../net/history';

/** So many blocks are looked through without anybody asking, some 200 kB each. */
const BLOCKS_UNASKED = 32;

export class CellTrail {
  private readonly trail = new Trail();
  private readonly control = new AbortController();
  /** Numbers of the blocks that have been looked through, both included; all between them, too. */
  private low = Infinity;
  private high = -Infinity;
  /** How far the newest block reached when it was looked through. */
  private upTo = 0;
  /** One block at a time. */
  private working: Promise<unknown> = Promise.resolve();

  /** `cell` in the canvas's own coordinates. */
  constructor(
    private readonly source: History,
    private readonly cell: Cell,
    private readonly index: () => HistoryIndex | null,
    private readonly changed: () => void,
  ) {}

  get steps(): readonly Step[] {
    return this.trail.steps;
  }

  at(version: number): Step | null {
    return this.trail.at(version);
  }

  stop(): void {
    this.control.abort();
  }

  /** Looks around this version. */
  async lookAround(version: number): Promise<void> {
    for (let i = 0; i < BLOCKS_UNASKED && !this.control.signal.aborted; i++) {
      const index = this.index();
      if (!index) return;
      const last = refsOf(index).length - 1;
      const here = Math.min(last, blockFor(index, Math.min(version, index.version)).number);
      if (this.low > this.high) await this.look(here);
      else if (this.high < last && (this.low === 0 || this.high - here <= here - this.low)) await this.look(this.high + 1);
      else if (this.low > 0) await this.look(this.low - 1);
      else return;
    }
  }

  /** The next edit of the cell from this version on, or the one before; null: there is none. */
  async step(version: number, direction: 1 | -1): Promise<Step | null> {
    for (;;) {
      const index = this.index();
      if (!index || this.control.signal.aborted) return null;
      const number = blockFor(index, Math.min(version, index.version)).number;
      if (this.low > this.high) await this.look(number);
      // What lies between is to be known as well.
      else if (number > this.high) await this.look(this.high + 1);
      else if (number < this.low) await this.look(this.low - 1);
      else {
        const next = this.trail.next(version, direction);
        if (next) return next;
        const last = refsOf(index).length - 1;
        if (direction < 0 && this.low === 0) return null;
        if (direction > 0 && this.high >= last && this.upTo >= index.version) return null;
        await this.look(direction < 0 ? this.low - 1 : Math.min(last, this.high + 1));
      }
    }
  }

  /** Looks through one block; waits for what is under way. */
  private look(number: number): Promise<void> {
    const work = this.working.then(async () => {
      const ref = refsOf(this.index()!)[number];
      if (!ref || this.control.signal.aborted) return;
      const block = await this.source.block(ref, this.control.signal);
      this.trail.add(stepsOf(block, this.cell));
      this.low = Math.min(this.low, number);
      this.high = Math.max(this.high, number);
      this.upTo = Math.max(this.upTo, block.to);
      this.changed();
    });
    this.working = work.catch(() => {});
    return work;
  }
}

const refsOf = ({ blocks, tail }: HistoryIndex): readonly BlockRef[] => [...blocks, tail];
