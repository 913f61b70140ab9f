// SPDX-License-Identifier: ISC
// The cursor: one canvas at any version of it. Inside a block that is here it goes forward by applying
// edits and backward by taking them back, at once and without asking anybody. Where it leads to a
// block that is not here, the block is fetched, and the picture that it begins from where no
// neighbour leads there. What is shown stays until all of the new is here.

import { countUpTo, type Block } from './block';
import { blockFor, type BlockRef, type HistoryIndex } from './historyindex';
import type { PastBoard } from './pastboard';

/** Where a cursor gets things from. What fails rejects; only retryMs() knows what that means. */
export interface CursorSource {
  index(signal: AbortSignal): Promise<HistoryIndex>;
  /** The block as far as it is complete: the tail's end may be later than the index says. */
  block(ref: BlockRef, signal: AbortSignal): Promise<Block>;
  /** The indices of the canvas at this version, at which a block begins. */
  picture(version: number, signal: AbortSignal): Promise<Uint8Array>;
  /** After so many failures in a row, the last one being this. */
  retryMs(failures: number, error: unknown): number;
}

export interface CursorEvents {
  /** What was waited for is shown, or another index is known. */
  changed(): void;
  /** It could not be had, and is tried again; null: all is well again. */
  trouble(error: unknown): void;
}

interface Entry {
  readonly block: Block;
  /** The canvas before the block's first edit. */
  start: Uint8Array | null;
  /** What each edit covered, as far as they have been applied once: `known` of them. */
  readonly covered: Uint8Array;
  known: number;
}

/** Blocks that are kept, about 2 MB each. */
export const BLOCKS_KEPT = 5;
/** While playing, the next block is fetched from this part of the present one on. */
const PREFETCH_FROM = 0.25;

export class Cursor {
  index: HistoryIndex | null = null;
  /** The version of the canvas that the board is at; null while it is at none. */
  shown: number | null = null;
  private wish: number | null = null;
  private playing = false;
  /** The block that the board is in, and how many of its edits are applied. */
  private here: Entry | null = null;
  private applied = 0;
  /** Most recently used last. */
  private readonly kept: Entry[] = [];
  /** Whether the board shows what was wished for last. */
  private met = true;
  private working = false;
  /** The block that is on its way. */
  private coming: { number: number; promise: Promise<Block> } | null = null;
  private readonly control = new AbortController();

  constructor(
    private readonly board: PastBoard,
    private readonly source: CursorSource,
    private readonly events: CursorEvents,
  ) {}

  /** The end: whatever is under way is stopped, and nothing is reported any more. */
  stop(): void {
    this.control.abort();
  }

  /** Whether the board shows what was asked for last. */
  get settled(): boolean {
    return this.met;
  }

  /** The version after the last record of the canvas that the version of the plane includes. */
  seek(version: number, playing = false): void {
    this.wish = version;
    this.playing = playing;
    if (this.control.signal.aborted) return;
    if (this.move()) this.prefetch();
    else if (!this.working) void this.work();
  }

  /** When the shown version was made, in ms since 1970; null where that is not known. */
  get time(): number | null {
    const { here } = this;
    if (!here) return null;
    const record = countUpTo(here.block.ends, this.applied) - 1;
    const time = record < 0 ? -1 : here.block.times[record]!;
    return time < 0 ? null : time;
  }

  /** The version after the next record in the block that the board is in. */
  get next(): number | null {
    const { here } = this;
    if (!here) return null;
    return here.block.versions[countUpTo(here.block.ends, this.applied)] ?? null;
  }

  /** The block that the board is in: where it began, and its edits that are applied. */
  get inside(): { from: number; edits: Uint8Array; applied: number } | null {
    const { here, applied } = this;
    return here && { from: here.block.from, edits: here.block.edits, applied };
  }

  /** Asks for a newer index, so that versions are known that came since. */
  async refresh(): Promise<void> {
    const { signal } = this.control;
    const index = await this.source.index(signal);
    if (!signal.aborted) this.learn(index);
  }

  private learn(index: HistoryIndex): void {
    if (this.index && index.read <= this.index.read) return;
    this.index = index;
    this.events.changed();
  }

  /** Goes to the wish if everything for that is here; else nothing changes. */
  private move(): boolean {
    return (this.met = this.tryMove());
  }

  private tryMove(): boolean {
    const { index, wish } = this;
    if (!index || wish === null || wish > index.read) return false;
    const version = Math.min(wish, index.version);
    const ref = blockFor(index, version);
    const entry = this.find(ref, version);
    if (!entry || !this.enter(entry)) return false;
    const records = countUpTo(entry.block.versions, version);
    this.step(records === 0 ? 0 : entry.block.ends[records - 1]!);
    this.shown = records === 0 ? entry.block.from : entry.block.versions[records - 1]!;
    return true;
  }

  /** The block, if it is here and reaches far enough; used just now. */
  private find(ref: BlockRef, version: number): Entry | null {
    const i = this.kept.findIndex(({ block }) => block.number === ref.number);
    const entry = this.kept[i];
    if (!entry || entry.block.to < version) return null;
    this.kept.splice(i, 1);
    this.kept.push(entry);
    return entry;
  }

  /** Puts the board into this block; false where nothing that is here leads into it. */
  private enter(entry: Entry): boolean {
    const { here } = this;
    if (here === entry) return true;
    if (here && here.block.to === entry.block.from) {
      this.step(here.block.edits.length / 3);
      entry.start ??= this.board.indices.slice();
      this.settleIn(entry, 0);
      return true;
    }
    const edits = entry.block.edits.length / 3;
    if (here && here.block.from === entry.block.to && entry.known === edits) {
      this.step(0);
      this.settleIn(entry, edits);
      return true;
    }
    if (!entry.start) return false;
    this.board.load(entry.start);
    this.settleIn(entry, 0);
    return true;
  }

  private settleIn(entry: Entry, applied: number): void {
    this.here = entry;
    this.applied = applied;
  }

  /** To after so many edits of the block that the board is in. */
  private step(to: number): void {
    const entry = this.here!;
    const { edits } = entry.block;
    if (to > this.applied) this.board.apply(edits, this.applied, to, entry.covered);
    else this.board.undo(edits, to, this.applied, entry.covered);
    this.applied = to;
    entry.known = Math.max(entry.known, to);
  }

  /** Fetches what is missing for the wish, whatever it is by then, until the board is there. */
  private async work(): Promise<void> {
    const { signal } = this.control;
    let failures = 0;
    const well = () => {
      if (failures > 0) this.events.trouble(null);
      failures = 0;
    };
    this.working = true;
    while (!signal.aborted && !this.move()) {
      try {
        await this.fetchMissing(signal);
        if (!signal.aborted) well();
      } catch (error) {
        if (signal.aborted) break;
        failures++;
        this.events.trouble(error);
        await sleep(this.source.retryMs(failures, error), signal);
      }
    }
    this.working = false;
    if (signal.aborted) return;
    well();
    this.events.changed();
    this.prefetch();
  }

  private async fetchMissing(signal: AbortSignal): Promise<void> {
    const wish = this.wish!;
    if (!this.index || wish > this.index.read) {
      await this.refresh();
      if (wish > this.index!.read) throw new Error(`history has not read version ${wish} yet`);
      return;
    }
    const version = Math.min(wish, this.index.version);
    const ref = blockFor(this.index, version);
    const entry = this.find(ref, version);
    if (!entry) {
      const led = this.here?.block.to === ref.from;
      const [block, start] = await Promise.all([
        this.fetchBlock(ref, signal),
        led ? null : this.startOf(ref, signal),
      ]);
      if (!signal.aborted) await this.keep(block, ref, version, start);
      return;
    }
    entry.start ??= await this.startOf(ref, signal);
  }

  /** One request, however many want the block. */
  private fetchBlock(ref: BlockRef, signal: AbortSignal): Promise<Block> {
    if (this.coming?.number === ref.number) return this.coming.promise;
    const promise = this.source.block(ref, signal).finally(() => {
      if (this.coming?.promise === promise) this.coming = null;
    });
    this.coming = { number: ref.number, promise };
    return promise;
  }

  private startOf(ref: BlockRef, signal: AbortSignal): Promise<Uint8Array> | Uint8Array {
    const same = this.kept.find(({ block, start }) => block.number === ref.number && start);
    return same?.start ?? this.source.picture(ref.from, signal);
  }

  private async keep(
    block: Block,
    ref: BlockRef,
    version: number,
    start: Uint8Array | null,
  ): Promise<void> {
    if (block.number !== ref.number || block.from !== ref.from || block.to < version) {
      // The tail has become a block, or the index is older than the block: the next one says more.
      await this.refresh();
      throw new Error(`block ${block.number} does not reach version ${version}`);
    }
    const i = this.kept.findIndex((entry) => entry.block.number === block.number);
    const before = i < 0 ? null : this.kept.splice(i, 1)[0]!;
    // Where it is longer than before, the board enters it anew, from its start.
    const covered = new Uint8Array(block.edits.length / 3);
    this.kept.push({ block, start: start ?? before?.start ?? null, covered, known: 0 });
    while (this.kept.length > BLOCKS_KEPT) {
      const old = this.kept.findIndex((entry) => entry !== this.here);
      this.kept.splice(old, 1);
    }
  }

  /** While playing: the block after this one, before it is needed. */
  private prefetch(): void {
    const { here, index } = this;
    if (!this.playing || !here || !index || this.control.signal.aborted) return;
    const next = [...index.blocks, index.tail][here.block.number + 1];
    const part = this.applied / Math.max(1, here.block.edits.length / 3);
    if (!next || next.from === next.to || part < PREFETCH_FROM) return;
    if (this.coming || this.find(next, next.to)) return;
    const { signal } = this.control;
    this.fetchBlock(next, signal)
      .then((block) => {
        const known = this.kept.some((entry) => entry.block.number === block.number);
        if (!signal.aborted && !known) return this.keep(block, next, next.to, null);
        return undefined;
      })
      // Not here when it is needed, it is fetched then, and that failure is told.
      .catch(() => {});
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
