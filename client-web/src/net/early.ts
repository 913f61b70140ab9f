// SPDX-License-Identifier: ISC
// What is fetched before the rest of the page is there, and kept for whoever asks for it first.

import { download, type Download } from './download';

const kept = new Map<string, Promise<Download>>();

/** Fetches it now. `progress` is told how many bytes have come, of how many (NaN: not known). */
export function fetchEarly(url: URL, progress: (bytes: number, all: number) => void): Promise<Download> {
  const early = download(url, {}, progress);
  // Whoever takes it sees the failure; until then it is nobody's.
  early.catch(() => {});
  kept.set(url.href, early);
  return early;
}

/** What was fetched early, once; null when there is nothing. */
export function takeEarly(url: URL): Promise<Download> | null {
  const early = kept.get(url.href) ?? null;
  kept.delete(url.href);
  return early;
}
