// SPDX-License-Identifier: ISC
// Keys to intents, in one table. Controls that have the focus keep the keys that they understand
// themselves.

import { belongsTo } from '../ui/belongs';
import { openKeys, toggleGrid, toggleMinimap } from './chrome';
import { embedded } from './embed';
import * as moving from './moving';
import {
  askWho,
  closeWho,
  leave,
  moveReticle,
  past,
  people,
  staff,
  templates,
  toggleRewind,
  usePast,
  whoIsOpen,
} from './parts';
import { choose, placeAtReticle, stepColour } from './placing';
import * as state from './state';

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  KeyA: [-1, 0],
  KeyD: [1, 0],
  KeyW: [0, -1],
  KeyS: [0, 1],
};
const SHIFT_STEP = 10;
const SHIFT_COLOURS = 8;

/** By the key's letter, wherever it lies on the keyboard. */
const LETTERS: Record<string, () => void> = {
  '+': moving.zoomIn,
  '=': moving.zoomIn,
  '-': moving.zoomOut,
  '0': moving.showAll,
  l: () => moving.copyLink(),
  z: () => people.use((people) => people.undo()),
  i: () => (whoIsOpen() ? closeWho() : askWho(state.hover.value)),
  r: toggleRewind,
  h: () => usePast(({ layers }) => layers.next()),
  t: () => templates.use((templates) => templates.toggle()),
  n: () => templates.use((templates) => templates.next()),
  g: toggleGrid,
  m: toggleMinimap,
  '?': openKeys,
  escape: leave,
};

/** The only ones that there are in a frame of another page, beside the directions. */
const MOVING = ['+', '=', '-', '0'];

/** By the key's place, whatever letter is on it. */
const PLACES: Record<string, () => void> = {
  BracketLeft: () => stepColour(-1),
  BracketRight: () => stepColour(1),
};

export function watchKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (!state.info.value) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    // The timeline and the staff's part come first while they are there.
    if (past.now?.key(event) || staff.now?.key(event)) return event.preventDefault();
    if (belongsTo(event.target, event.key)) return;
    if (act(event)) event.preventDefault();
  });
}

function act({ code, key, shiftKey, repeat }: KeyboardEvent): boolean {
  const direction = DIRECTIONS[code];
  const digit = /^Digit([1-8])$/.exec(code);
  const intent = LETTERS[key.toLowerCase()] ?? PLACES[code];
  if (direction) {
    const step = shiftKey ? SHIFT_STEP : 1;
    moveReticle(direction[0] * step, direction[1] * step);
  } else if (embedded && !MOVING.includes(key)) return false;
  else if (intent) intent();
  else if (digit) choose(Number(digit[1]) - 1 + (shiftKey ? SHIFT_COLOURS : 0));
  else if (key === 'Enter' || key === ' ') {
    // One pixel a press, however long the key is held.
    if (!repeat) placeAtReticle();
  } else return false;
  return true;
}

