// SPDX-License-Identifier: ISC
// What the part that says who placed a pixel needs of the page.

import { announce } from '../../app/announce';
import { covered } from '../../app/events';
import { base, plane } from '../../app/live';
import * as moving from '../../app/moving';
import { past, regions, usePast } from '../../app/parts';
import * as placing from '../../app/placing';
import { Who } from '.';

export function open(): Who {
  return new Who({
    base,
    main: document.querySelector('main')!,
    colourAt: (cell) => plane.colourAt(cell),
    moment: () => {
      const rewind = past.now?.rewind;
      const version = rewind?.moment ?? null;
      if (version === null || !rewind?.shown) return null;
      const { shown } = rewind;
      return { version, colourAt: (cell) => shown.colourAt(cell) };
    },
    screenOf: ({ x, y }) => moving.screenOf({ x0: x, y0: y, x1: x + 1, y1: y + 1 }),
    room: moving.room,
    resized: () => covered.tell(),
    copyLink: moving.copyLink,
    rewind: (version) => usePast(({ rewind }) => void rewind.open(version)),
    announce,
    rules: (cell) => regions.now?.words(cell) ?? [],
    turned: (cell) => {
      if (!cell) placing.setReticle(null, false);
      past.now?.rewind.watch(cell);
    },
  });
}
