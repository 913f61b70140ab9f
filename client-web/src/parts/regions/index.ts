// SPDX-License-Identifier: ISC
// The operator's regions over the picture; loaded where there are any. When one begins or ends, it is
// drawn anew.

import { effect } from '@preact/signals';
import { rules } from '../../app/announce';
import { headBottom } from '../../app/covers';
import { invalidate } from '../../app/invalidate';
import { regions as wish } from '../../app/settings';
import * as state from '../../app/state';
import type { Cell } from '../../core/edit';
import { nextTurn, regionsAt } from '../../core/regions';
import { regionWords } from '../../texts/regionwords';
import type { Layer, Slot } from '../../layers/layer';
import { Regions } from '../../layers/regions';
import '../../texts/enparts';

/** Timers can not be set for longer. */
const LONGEST_MS = 2 ** 31 - 1;

export interface RegionsHost {
  set(slot: Slot, layer: Layer | null): void;
}

export class RegionsPart {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ set }: RegionsHost) {
    set(
      'regions',
      new Regions(() => ({
        regions: state.inPast.value || wish.value === 'off' ? [] : (state.info.value?.regions ?? []),
        palette: state.info.value?.palette ?? [],
        always: wish.value === 'on',
        aimed: state.reticle.value ?? state.hover.value,
        now: Date.now(),
        top: headBottom(),
      })),
    );
    rules.of = (cell) => this.words(cell);
    effect(() => {
      for (const seen of [wish, state.hover, state.reticle, state.inPast]) seen.value;
      this.turn(state.info.value?.regions ?? []);
    });
  }

  /** What holds for a cell, in words. */
  words(cell: Cell): string[] {
    const info = state.info.value;
    if (!info) return [];
    const now = Date.now();
    return regionsAt(info.regions, cell, now).flatMap((region) => regionWords(region, info.palette, now));
  }

  private turn(regions: Parameters<typeof nextTurn>[0]): void {
    clearTimeout(this.timer);
    invalidate('layers');
    const next = nextTurn(regions, Date.now()) - Date.now();
    if (next < LONGEST_MS) this.timer = setTimeout(() => this.turn(regions), next + 1);
  }
}
