// SPDX-License-Identifier: ISC
// The part of the page that knows the past: rewind, and the maps over the picture. It is loaded when it
// is first asked for.

import { h, render } from 'preact';
import type { Scenery } from '../../layers/screen';
import { belongsTo } from '../../ui/belongs';
import type { RewindHost } from './host';
import { Legend } from './legend';
import { Maps, type MapsHost } from './maps';
import { Rewind } from './rewind';
import './past.css';
import '../../texts/enpast';

export type PastHost = RewindHost & Omit<MapsHost, 'past'>;

/** Keys that mean something else while the past is shown: those that choose colours and place. */
const SILENT = /^(Digit[1-8]|Bracket(Left|Right)|Enter|NumpadEnter)$/;

export class Past {
  readonly rewind: Rewind;
  readonly layers: Maps;

  constructor(private readonly host: PastHost) {
    this.rewind = new Rewind(host);
    this.layers = new Maps({ ...host, past: () => this.rewind.shown });
    const root = document.createElement('div');
    root.id = 'legend-here';
    host.dock.prepend(root);
    render(h(Legend, { maps: this.layers }), root);
  }

  /** Whether a key was for the past. */
  key(event: KeyboardEvent): boolean {
    const { target, key, code } = event;
    if (!this.rewind.active) return false;
    // The card first, then the past.
    if (key === 'Escape' && this.host.unfollow()) return true;
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
