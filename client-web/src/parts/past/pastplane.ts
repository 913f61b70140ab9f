// SPDX-License-Identifier: ISC
// The plane at one moment: a cursor and a surface for each canvas that is live at present, pictures of
// that moment for the nearest others, and the axis of them all.

import { Axis } from '../../core/axis';
import { Cursor } from '../../core/cursor';
import type { HistoryIndex, Sample } from '../../core/historyindex';
import type { Info, Position } from '../../core/info';
import type { Cell } from '../../core/edit';
import { canvasOf, nameOf, onCanvas } from '../../core/plane';
import { PastBoard } from '../../core/pastboard';
import { History, historyOf } from '../../net/history';
import { Stills } from '../../layers/stills';
import { Surface } from '../../layers/surface';

export interface PastPlaneEvents {
  /** There is something else to draw. */
  changed(): void;
  /** A canvas could not be had at this moment, and is tried again; null: all is well again. */
  trouble(error: unknown): void;
}

export interface PastCanvas {
  readonly at: Position;
  readonly cursor: Cursor;
  readonly source: History;
  readonly surface: Surface;
  readonly board: PastBoard;
}

/** Of so many other canvases pictures are shown. */
export const PICTURES_MAX = 12;

export class PastPlane {
  readonly stills: Stills;
  readonly canvases = new Map<string, PastCanvas>();
  private readonly troubled = new Map<Cursor, unknown>();
  private pictured = new Set<string>();
  private picturesOf = 0;
  private wish: number;
  private indices: readonly HistoryIndex[] = [];
  private axisOfIndices: Axis | null = null;

  constructor(
    private readonly base: URL,
    readonly info: Info,
    readonly genesis: string,
    version: number,
    private readonly events: PastPlaneEvents,
  ) {
    this.wish = this.picturesOf = version;
    this.stills = new Stills(base, events.changed, true);
  }

  stop(): void {
    this.stills.stop();
    for (const { cursor } of this.canvases.values()) cursor.stop();
  }

  /** These canvases have cursors from now on; of the others, the nearest first, there are pictures. */
  follow(live: readonly Position[], others: readonly Position[]): void {
    const names = new Set(live.map(nameOf));
    for (const [name, { cursor }] of this.canvases) {
      if (names.has(name)) continue;
      cursor.stop();
      this.canvases.delete(name);
      this.troubled.delete(cursor);
    }
    for (const at of live) if (!this.canvases.has(nameOf(at))) this.add(at);
    this.pictured = new Set(others.slice(0, PICTURES_MAX).map(nameOf));
  }

  /** All canvases are to show this version of the plane. */
  seek(version: number, playing: boolean): void {
    this.wish = version;
    for (const { cursor } of this.canvases.values()) cursor.seek(version, playing);
  }

  /** The moment rests: pictures are to show it too. */
  rest(): void {
    if (this.picturesOf === this.wish) return;
    this.picturesOf = this.wish;
    this.stills.clear();
  }

  /** Brings the surfaces up to date; whether anything had changed. */
  update(): boolean {
    let changed = false;
    for (const { surface, board } of this.canvases.values()) changed = surface.update(board).length > 0 || changed;
    return changed;
  }

  /** The surfaces by the name of their canvas; null for one without a picture yet. */
  get surfaces(): Map<string, Surface | null> {
    const surfaces = new Map<string, Surface | null>();
    for (const [name, { cursor, surface }] of this.canvases) {
      surfaces.set(name, cursor.shown === null ? null : surface);
    }
    return surfaces;
  }

  readonly pathOf = (at: Position): string | null =>
    this.pictured.has(nameOf(at))
      ? `${historyOf(this.genesis, at)}${this.picturesOf}.png`
      : null;

  /** The colour that a cell of the plane has at this moment; null where that is not known. */
  colourAt(cell: Cell): number | null {
    const past = this.canvases.get(nameOf(canvasOf(cell, this.info)));
    if (!past || past.cursor.shown === null) return null;
    const { x, y } = onCanvas(cell, this.info);
    return past.board.indices[y * this.info.width + x] ?? null;
  }

  /** Whether all canvases with cursors show this version of the plane. */
  settled(version: number): boolean {
    if (version !== this.wish) return false;
    for (const { cursor } of this.canvases.values()) {
      if (!cursor.settled || cursor.shown === null) return false;
    }
    return true;
  }

  /** When the newest of what is shown was painted; null where nobody knows. */
  get time(): number | null {
    let newest: Cursor | null = null;
    for (const { cursor } of this.canvases.values()) {
      if ((cursor.shown ?? -1) > (newest?.shown ?? -1)) newest = cursor;
    }
    return newest?.time ?? null;
  }

  /** The nearest version of the plane at which one of the canvases changes, in that direction. */
  neighbour(direction: 1 | -1): number | null {
    let nearest: number | null = null;
    for (const { cursor } of this.canvases.values()) {
      const version = direction > 0 ? cursor.next : cursor.shown;
      if (version === null || (direction < 0 && version === 0)) continue;
      const better = nearest === null || (direction > 0 ? version < nearest : version > nearest);
      if (better) nearest = version;
    }
    // Just before the record that was painted last.
    return nearest !== null && direction < 0 ? nearest - 1 : nearest;
  }

  /** Asks whether there is more by now. */
  async refresh(): Promise<void> {
    await Promise.all([...this.canvases.values()].map(({ cursor }) => cursor.refresh()));
  }

  /** Of the canvases whose index is here; null while there is none. */
  get axis(): Axis | null {
    const indices: HistoryIndex[] = [];
    for (const { cursor } of this.canvases.values()) if (cursor.index) indices.push(cursor.index);
    const same =
      indices.length === this.indices.length && indices.every((one, i) => one === this.indices[i]);
    if (!same) {
      this.indices = indices;
      this.axisOfIndices = indices.length > 0 ? axisOf(indices) : null;
    }
    return this.axisOfIndices;
  }

  private add(at: Position): void {
    const { base, info, genesis } = this;
    const surface = new Surface(info, this.events.changed);
    const palette = info.palette.map(({ rgb }) => rgb);
    const board = new PastBoard(info, palette, surface.image.data.buffer);
    const source = new History(base, genesis, at, info);
    const cursor: Cursor = new Cursor(board, source, {
      changed: this.events.changed,
      trouble: (error) => {
        if (error === null) this.troubled.delete(cursor);
        else this.troubled.set(cursor, error);
        this.events.trouble([...this.troubled.values()].pop() ?? null);
      },
    });
    this.canvases.set(nameOf(at), { at, cursor, source, surface, board });
    cursor.seek(this.wish);
  }
}

function axisOf(indices: readonly HistoryIndex[]): Axis {
  const times = indices
    .flatMap(({ blocks, tail, activity }) =>
      [...blocks, tail]
        .flatMap(({ time, timeTo }) => [time, timeTo])
        .concat(activity.samples.map(({ time }) => time)),
    )
    .filter((time) => time !== null);
  // Of a log that knows no times, only the versions count.
  const least = times.reduce((a, b) => Math.min(a, b), times[0] ?? 0);
  const most = times.reduce((a, b) => Math.max(a, b), 0);
  const first: Sample = { version: 0, time: least };
  // Where others of the plane were painted later than these, that is to be reached too.
  const last: Sample = { version: Math.max(...indices.map(({ read }) => read)), time: most };
  return new Axis(
    indices.map(({ activity }) => activity),
    first,
    last,
  );
}
