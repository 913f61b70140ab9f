// SPDX-License-Identifier: ISC
// What comes by plain HTTP: the description of the plane, and pictures of its canvases.

import { parseInfo, type Info } from '../core/info';
import { decodePicture } from '../core/picture';
import type { Source } from '../core/sync';
import { isFull, type Trouble } from '../core/trouble';
import { parseGenesis, parseVersion } from '../core/version';
import { takeEarly } from './early';

export interface VersionedPicture {
  readonly version: number;
  readonly genesis: string | null;
  readonly indices: Uint8Array;
}

/** A fetch that failed, and what that says about the server. */
export class FetchError extends Error {
  constructor(
    message: string,
    readonly trouble: Trouble,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 30_000;
const CACHES: Record<Source, RequestCache> = {
  any: 'default',
  checked: 'no-cache',
  server: 'reload',
};

async function get(url: URL, cache: RequestCache, signal: AbortSignal): Promise<Response> {
  let answer: Response;
  try {
    const early = cache === 'default' ? takeEarly(url) : null;
    answer = await (early ?? fetch(url, { cache, signal }));
  } catch (error) {
    throw new FetchError(`${url.pathname}: ${String(error)}`, 'unreachable');
  }
  if (answer.ok) return answer;
  const body = await answer.text().catch(() => '');
  const trouble = isFull({ status: answer.status, body }) ? 'full' : 'unreachable';
  throw new FetchError(`${url.pathname}: ${answer.status}`, trouble);
}

/** Runs a job that is stopped by `signal` or after `ms`, whichever comes first. */
export async function bounded<T>(
  signal: AbortSignal,
  ms: number,
  job: (s: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, ms);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await job(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The first time, what the document has asked for already will do. */
export function fetchInfo(base: URL, source: Source, name = 'info'): Promise<Info> {
  return bounded(new AbortController().signal, TIMEOUT_MS, async (s) => {
    const answer = await get(new URL(name, base), CACHES[source], s);
    const info = parseInfo(await answer.json().catch(() => null));
    if (!info) throw new FetchError(`/${name} is no plane that this page can draw`, 'unreachable');
    return info;
  });
}

/** What of it is the same for everybody, perhaps from a cache: all pages may ask at once. */
export const fetchPlane = (base: URL): Promise<Info> => fetchInfo(base, 'checked', 'plane');

/** `canvas` is where the paths of this canvas start. */
export function fetchPicture(
  canvas: URL,
  info: Info,
  source: Source,
  signal: AbortSignal,
): Promise<VersionedPicture> {
  return bounded(signal, TIMEOUT_MS, async (s) => {
    const answer = await get(new URL('canvas.png', canvas), CACHES[source], s);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const palette = info.palette.map(({ rgb }) => rgb);
    const picture = await decodePicture(bytes, info, palette).catch((error) => {
      throw new FetchError(String(error), 'picture');
    });
    const version = parseVersion(answer.headers.get('X-Canvas-Version')) ?? picture.version;
    if (version === null) throw new FetchError('/canvas.png without a version', 'picture');
    const genesis = parseGenesis(answer.headers.get('X-Canvas-Genesis')) ?? picture.genesis;
    return { version, genesis, indices: picture.indices };
  });
}
