// SPDX-License-Identifier: ISC
// The cell that rewind follows: its changes as marks on the timeline, and which one is next.

import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Axis } from '../../core/axis';
import type { Step } from '../../core/celltrail';
import type { Cell } from '../../core/edit';
import { nameOf, canvasOf, onCanvas } from '../../core/plane';
import { CellTrail } from './celltrail';
import type { PastPlane } from './pastplane';
import type { Followed } from './timeline';

export class Following {
  private now: { readonly cell: Cell; readonly trail: CellTrail } | null = null;
  /** Grows with what is known. */
  private readonly known = signal(0);
  readonly followed: ReadonlySignal<Followed | null> = computed(() => this.marks());

  constructor(
    private readonly axis: () => Axis | null,
    private readonly plane: () => PastPlane | null,
  ) {}

  get active(): boolean {
    return this.now !== null;
  }

  /** This cell from now on; null: none. Of a canvas without history here, nothing is followed. */
  watch(cell: Cell | null, version: number): void {
    const { now } = this;
    if (now && cell && now.cell.x === cell.x && now.cell.y === cell.y) return;
    now?.trail.stop();
    this.now = null;
    const plane = this.plane();
    const canvas = cell && plane?.canvases.get(nameOf(canvasOf(cell, plane.info)));
    if (cell && canvas) {
      const trail = new CellTrail(
        canvas.source,
        onCanvas(cell, plane!.info),
        () => canvas.cursor.index,
        () => this.changed(),
      );
      this.now = { cell, trail };
      this.look(version);
    }
    this.changed();
  }

  /** There is more of the history than before, or it is at another version. */
  look(version: number): void {
    this.now?.trail.lookAround(version).catch((error) => console.warn('placed: no trail:', error));
  }

  /** Marks are where the axis has them, and the axis is another one. */
  changed(): void {
    this.known.value++;
  }

  /** The next change from this version on, or the one before; null: there is none, or another cell is
   * followed by now. */
  async step(version: number, direction: 1 | -1): Promise<Step | null | 'other'> {
    const { now } = this;
    const step = (await now?.trail.step(version, direction)) ?? null;
    return now === this.now ? step : 'other';
  }

  private marks(): Followed | null {
    this.known.value;
    const { now } = this;
    const axis = this.axis();
    const palette = this.plane()?.info.palette;
    if (!now || !axis || !palette) return null;
    return {
      name: `${now.cell.x}, ${now.cell.y}`,
      marks: now.trail.steps.map(({ version, colour }) => ({
        place: axis.placeOf(version),
        rgb: palette[colour]?.rgb ?? '#000000',
      })),
    };
  }
}
