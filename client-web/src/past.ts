// SPDX-License-Identifier: ISC
// The part of the page that knows the past: rewind, and the maps over the picture. It is loaded when it
// is first asked for.

import './ui/past.css';
import { belongsTo } from './ui/belongs';
import { Layers, type LayersHost } from './ui/layers';
import { Rewind, type RewindHost } from './ui/rewind';
import type { Scenery } from './layers/screen';

export interface PastHost extends RewindHost, Omit<LayersHost, 'past'> {
  readonly layersButton: HTMLButtonElement;
}

/** Keys that mean something else while the past is shown: those that choose colours and place. */
const SILENT = /^(Digit[1-8]|Bracket(Left|Right)|Enter|NumpadEnter)$/;

export class Past {
  readonly rewind: Rewind;
  readonly layers: Layers;

  constructor(private readonly host: PastHost) {
    this.rewind = new Rewind(host);
    this.layers = new Layers({ ...host, past: () => this.rewind.shown }, host.layersButton);
  }

  /** Whether a key was for the past. */
  key(event: KeyboardEvent): boolean {
    const { target, key, code } = event;
    if (this.layers.menuOpen && key === 'Escape') {
      this.layers.toggleMenu(false);
      this.host.layersButton.focus();
      return true;
    }
    if (!this.rewind.active) return false;
    const slider = target instanceof HTMLInputElement && target.type === 'range';
    if (!slider && belongsTo(target, key)) return false;
    return this.rewind.key(event) || SILENT.test(code);
  }

  /** What is to be drawn instead of the present. */
  scenery(present: Scenery): Scenery {
    const overlays = this.layers.sources;
    const { active, shown } = this.rewind;
    if (!active) return { ...present, overlays };
    const none = { get: () => null, peek: () => null };
    return {
      ...present,
      overlays,
      surfaces: shown?.surfaces ?? new Map(),
      stills: shown?.stills ?? none,
      pathOf: shown?.pathOf ?? (() => null),
      few: Infinity,
    };
  }
}
