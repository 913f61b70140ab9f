// SPDX-License-Identifier: ISC
// What the part that knows the past needs of the page.

import { byDistance } from '../../core/plane';
import type { Position } from '../../core/info';
import { visible } from '../../core/view';
import { camera, screen, show, stage } from '../../app/canvas';
import { invalidate } from '../../app/invalidate';
import { base, plane } from '../../app/live';
import * as moving from '../../app/moving';
import { closeWho, focusCanvas, map, who, whoIsOpen } from '../../app/parts';
import * as placing from '../../app/placing';
import * as state from '../../app/state';
import { hint } from '../../app/statusline';
import { endLine } from '../../app/stroke';
import { Past } from '.';

export function open(): Past {
  const part = new Past({
    base,
    plane,
    hint,
    // In a frame of another page there is none, and no timeline.
    dock: document.getElementById('dock') ?? document.createElement('div'),
    screen,
    map,
    others: otherCanvases,
    followed: () => who.now?.cell ?? null,
    unfollow: () => {
      if (!whoIsOpen()) return false;
      closeWho();
      return true;
    },
    turned: turnedToPast,
    turnedTo: () => who.now?.boardChanged(),
    resized: () => {
      moving.roomChanged();
      who.now?.boardChanged();
    },
    changed: () => invalidate('view'),
    moved: () => invalidate('board'),
  });
  const { rewind } = part;
  show({
    get active() {
      return rewind.active;
    },
    get moving() {
      return rewind.scrubbing || rewind.playing;
    },
    get playing() {
      return rewind.playing;
    },
    scenery: (present) => part.scenery(present),
    update: (now) => rewind.update(now),
    get dock() {
      const timeline = document.getElementById('timeline');
      return timeline ? restingBox(timeline) : new DOMRect();
    },
  });
  moving.moment.get = () => rewind.moment;
  return part;
}

/** What shows the present only goes away, and comes back. */
function turnedToPast(on: boolean): void {
  state.inPast.value = on;
  document.querySelector('main')!.toggleAttribute('data-past', on);
  endLine(false);
  // An open card stays: rewind follows its cell.
  if (!whoIsOpen()) placing.setReticle(null, false);
  if (on) return;
  moving.forgetMoment();
  focusCanvas();
}

/** The canvases in view that are not live, nearest first. */
function otherCanvases(): Position[] {
  const info = state.info.value;
  if (!info) return [];
  const area = visible(camera.view, stage.viewport);
  const centre = { x: (area.x0 + area.x1) / 2, y: (area.y0 + area.y1) / 2 };
  return byDistance(info.canvases, info, area, centre).filter((at) => !plane.clientAt(at));
}

/** Where an element stands once it is at rest: while it slides in, it is drawn elsewhere. */
function restingBox(element: HTMLElement): DOMRect {
  const { x, y, width, height } = element.getBoundingClientRect();
  const { e, f } = new DOMMatrix(getComputedStyle(element).transform);
  return new DOMRect(x - e, y - f, width, height);
}
