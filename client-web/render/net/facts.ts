// SPDX-License-Identifier: ISC
// Asks what there is.

import { parseFacts, type Facts } from '../core/facts';

/** The folder that the pages are in. */
export const base = new URL('.', location.href);

export async function fetchFacts(): Promise<Facts> {
  const answer = await fetch(new URL('render.json', base));
  if (!answer.ok) throw new Error(`render.json: ${answer.status}`);
  return parseFacts(await answer.json());
}
