// SPDX-License-Identifier: ISC
// What the pages have in common: elements by id, whether things may move, copying a link.

import type { Facts } from '../core/facts';
import * as words from '../core/words';
import { fetchFacts } from '../net/facts';
import type { Say } from './say';

const AGAIN_MS = 2_000;

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** What there is; asked for until it comes. */
export async function facts(say: Say): Promise<Facts> {
  for (;;) {
    try {
      const answer = await fetchFacts();
      say.hold('');
      return answer;
    } catch {
      say.hold(words.NO_FACTS);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

export function copyLink(say: Say): void {
  const copied = navigator.clipboard?.writeText(location.href) ?? Promise.reject();
  copied.then(
    () => say.say(words.LINK_COPIED),
    () => say.say(words.LINK_IN_BAR),
  );
}

/** Gives the browser a file to keep. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
