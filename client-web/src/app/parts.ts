// SPDX-License-Identifier: ISC
// The parts of the page that are loaded when they are first asked for: the past, the rules among
// people, who placed a pixel, templates, the staff's part, the menu.

import { signal } from '@preact/signals';
import type { Past } from '../parts/past';
import type { Choice } from '../parts/past/maps';
import type { Grown } from '../parts/grown';
import type { RegionsPart } from '../parts/regions';
import type { Staff } from '../parts/staff';
import type { Who } from '../parts/who';
import type { People } from '../parts/people';
import type { Templates } from '../parts/template';
import { marks, stage } from './canvas';
import { Part } from './part';
import * as placing from './placing';
import * as state from './state';

/** What knows the rules. */
export const people = new Part<People>(
  async () => {
    const { People } = await import('../parts/people');
    const part = new People();
    placing.umpire.value = part;
    return part;
  },
  // Without it, the server's refusals are all that is missing.
  () => {},
);

export const past = new Part<Past>(async () => (await import('../parts/past/open')).open());

export const who = new Part<Who>(async () => (await import('../parts/who/open')).open());

/** The operator's regions over the picture. */
export const regions = new Part<RegionsPart>(
  async () => {
    const { RegionsPart } = await import('../parts/regions');
    return new RegionsPart({ set: (slot, layer) => stage.set(slot, layer) });
  },
  () => {},
);

export const templates = new Part<Templates>(async () => {
  const { Templates } = await import('../parts/template');
  return new Templates();
});

export const staff = new Part<Staff>(async () => {
  const [{ open }] = await Promise.all([import('../parts/staff/open'), import('../texts/enstaff')]);
  return open();
});

/** The menu, the keys and what this is. */
export const menu = new Part(() => import('../parts/menu'));
export const minimap = new Part(
  () => import('../parts/minimap'),
  // Nobody asked for it.
  () => {},
);
export const saving = new Part(() => import('../parts/saving'));
export const loupe = new Part(
  () => import('../parts/loupe'),
  () => {},
);
/** What knows which own pixels are in doubt. */
export const doubt = new Part(
  async () => (await import('../parts/doubt')).watchDoubt(),
  () => {},
);
/** What keeps the reticle in sight. */
export const clear = new Part(
  () => import('../parts/clear'),
  () => {},
);

/** What shows where the plane has grown. */
export const grown = new Part<Grown>(
  async () => {
    const { Grown } = await import('../parts/grown');
    const part = new Grown();
    stage.set('grown', part);
    return part;
  },
  () => {},
);

/** Hands the keys back to the canvas. */
export const focusCanvas = (): void => marks.focus({ preventScroll: true });

/** Uses what knows the past, where the server keeps it. */
export function usePast(use: (past: Past) => void): void {
  if (state.info.value?.history) past.use(use);
}

/** What lies over the picture: how often each pixel was painted, or which never were. */
export const map = signal<Choice>('none');

export const whoIsOpen = (): boolean => who.now?.open === true;
export const closeWho = (): void => who.now?.close();
