// SPDX-License-Identifier: ISC
// The stream of /events, folded; opened again whenever it breaks.

import { Farm, type Changed } from '../core/farm';
import { base } from './facts';

export interface FarmEvents {
  /** Everything is new; or this part of it. */
  changed(farm: Farm, what: Changed | 'all'): void;
  /** Whether words come. It begins with neither. */
  live(live: boolean): void;
}

const AGAIN_MS = 1_000;
const AGAIN_MOST_MS = 15_000;
const EXPIRE_MS = 5_000;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Goes on for as long as the page is there. */
export function followEvents(farm: Farm, events: FarmEvents): void {
  let tries = 0;
  const open = () => {
    const source = new EventSource(new URL('events', base));
    source.addEventListener('snapshot', ({ data }: MessageEvent<string>) => {
      tries = 0;
      farm.snapshot(parse(data), Date.now());
      events.live(true);
      events.changed(farm, 'all');
    });
    source.addEventListener('change', ({ data }: MessageEvent<string>) => {
      const what = farm.change(parse(data), Date.now());
      if (what) events.changed(farm, what);
    });
    source.addEventListener('error', () => {
      events.live(false);
      // The browser gives up after an answer that is no stream, and tries by itself after anything else.
      if (source.readyState !== EventSource.CLOSED) return;
      const wait = Math.min(AGAIN_MOST_MS, AGAIN_MS * 2 ** tries++);
      setTimeout(open, wait * (1 + Math.random() / 2));
    });
  };
  open();
  setInterval(() => {
    const what = farm.expire(Date.now());
    if (what) events.changed(farm, what);
  }, EXPIRE_MS);
}
