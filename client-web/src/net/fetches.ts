// SPDX-License-Identifier: ISC
// What comes by plain HTTP: the description of the canvas and its picture.

import type { Size } from '../core/edit';
import { parseInfo, type Info } from '../core/info';
import { decodePng } from '../core/png';

export interface Picture {
  readonly version: number;
  readonly indices: Uint8Array;
}

const TIMEOUT_MS = 30_000;

async function get(url: URL, cache: RequestCache, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { cache, signal });
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status}`);
  return answer;
}

/** Runs a job that is stopped by `signal` or after TIMEOUT_MS, whichever comes first. */
async function bounded<T>(signal: AbortSignal, job: (s: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, TIMEOUT_MS);
  signal.addEventListener('abort', abort);
  try {
    return await job(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

export function fetchInfo(base: URL, signal: AbortSignal): Promise<Info> {
  return bounded(signal, async (s) => {
    const answer = await get(new URL('info', base), 'no-cache', s);
    const info = parseInfo(await answer.json());
    if (!info) throw new Error('/info is not a canvas that this page can draw');
    return info;
  });
}

/** `fresh` asks the server and every cache on the way; a 304 is fine. */
export function fetchPicture(
  base: URL,
  size: Size,
  fresh: boolean,
  signal: AbortSignal,
): Promise<Picture> {
  return bounded(signal, async (s) => {
    const answer = await get(new URL('canvas.png', base), fresh ? 'no-cache' : 'default', s);
    const header = answer.headers.get('X-Canvas-Version');
    const version = Number(header);
    if (!header || !Number.isSafeInteger(version) || version < 0) {
      throw new Error('/canvas.png without a version');
    }
    return { version, indices: await decodePng(new Uint8Array(await answer.arrayBuffer()), size) };
  });
}
