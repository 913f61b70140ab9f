// SPDX-License-Identifier: ISC
// Own pixels are never lost without a word. What waits for the log when the connection is lost is
// offered to be placed again; what waits when the page goes away is kept for the next page of this
// tab, which finds out what became of it. Loaded as soon as one can place.

import { effect, signal } from '@preact/signals';
import { formatDoubt, parseDoubt, type Doubt } from '../core/doubt';
import { nameOf } from '../core/plane';
import { t } from '../texts';
import * as events from '../app/events';
import { plane } from '../app/live';
import * as state from '../app/state';
import { hint } from '../app/statusline';

const KEY = 'placed.doubt';
/** The server may have taken them just before the last page went away: it has so long to say so. */
const SAVED_MS = 1_000;

/** What the last page left, whose canvas is not live yet. */
const left = signal<readonly Doubt[]>([]);

/** Offers what was lost to be placed again, and keeps what is in doubt. */
export function watchDoubt(): void {
  left.value = take();
  window.addEventListener('pagehide', keep);
  // A tab in the background may be ended without another word.
  document.addEventListener('visibilitychange', () => (document.hidden ? keep() : take()));
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) take();
  });
  effect(() => {
    state.own.value;
    if (left.value.length > 0 && state.live.value) setTimeout(ask, SAVED_MS);
  });
  events.begunAnew.listen(() => (left.value = []));
  effect(() => {
    state.own.value;
    const waiting = left.value.reduce((sum, { edits }) => sum + edits.length, 0);
    // As long as there is a connection, or one is being made, it is about to be known.
    const lost = state.connection.value.state.kind === 'lost';
    const n = state.unsaved.value + (lost ? waiting : 0);
    const offer = {
      text: t().placing.unsaved(n),
      action: t().placing.placeUnsaved,
      ready: state.live.value && plane.takesUnsaved,
      accept: () => plane.placeUnsaved(),
      dismiss: () => {
        left.value = [];
        plane.dropUnsaved();
      },
    };
    hint.offer(n === 0 ? null : offer);
  });
}

/** Hands what was left to the canvases that are live; those see what was saved. */
function ask(): void {
  left.value = left.value.filter(({ canvas, genesis, edits }) => {
    for (const client of plane.live) {
      if (nameOf(client.at) !== canvas || client.sync.state.kind !== 'live') continue;
      // In another log there is no room for them.
      if (client.sync.log === genesis) client.doubt(edits);
      return false;
    }
    return true;
  });
}

function keep(): void {
  const doubts: Doubt[] = [...left.peek()];
  for (const client of plane.live) {
    const genesis = client.sync.log;
    const edits = client.inDoubt;
    if (genesis && edits.length > 0) doubts.push({ canvas: nameOf(client.at), genesis, edits });
  }
  try {
    const text = formatDoubt(doubts);
    if (text) sessionStorage.setItem(KEY, text);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage may be forbidden or full; then the page that goes away takes them with it.
  }
}

/** What the last page of this tab left; it is ours now. */
function take(): Doubt[] {
  try {
    const doubts = parseDoubt(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    return doubts;
  } catch {
    return [];
  }
}
