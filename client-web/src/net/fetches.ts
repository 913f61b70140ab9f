// SPDX-License-Identifier: ISC
// What comes by plain HTTP: the description of the plane, and pictures of its canvases.

import { parseInfo, type Info } from '../core/info';
import { decodePicture } from '../core/picture';
import type { Source } from '../core/sync';
import { isFull, type Trouble } from '../core/trouble';
import { parseGenesis, parseVersion } from '../core/version';
import { download, type Download } from './download';
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

const CACHES: Record<Source, RequestCache> = {
  any: 'default',
  checked: 'no-cache',
  server: 'reload',
};

/** The first time, what the document has asked for already will do. */
async function get(url: URL, cache: RequestCache, signal?: AbortSignal): Promise<Download> {
  let got: Download;
  try {
    const early = cache === 'default' ? takeEarly(url) : null;
    got = await (early ?? download(url, { cache, signal }));
  } catch (error) {
    throw new FetchError(`${url.pathname}: ${String(error)}`, 'unreachable');
  }
  const { status, ok } = got.answer;
  if (ok) return got;
  const trouble = isFull({ status, body: textOf(got) }) ? 'full' : 'unreachable';
  throw new FetchError(`${url.pathname}: ${status}`, trouble);
}

const textOf = ({ bytes }: Download): string => new TextDecoder().decode(bytes);

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

export async function fetchInfo(base: URL, source: Source, name = 'info'): Promise<Info> {
  const got = await get(new URL(name, base), CACHES[source]);
  const info = parseInfo(valueOf(textOf(got)));
  if (!info) throw new FetchError(`/${name} is no plane that this page can draw`, 'unreachable');
  return info;
}

/** What the JSON says; null where it is none. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What of it is the same for everybody, perhaps from a cache: all pages may ask at once. */
export const fetchPlane = (base: URL): Promise<Info> => fetchInfo(base, 'checked', 'plane');

/** `canvas` is where the paths of this canvas start. */
export async function fetchPicture(
  canvas: URL,
  info: Info,
  source: Source,
  signal: AbortSignal,
): Promise<VersionedPicture> {
  const { answer, bytes } = await get(new URL('canvas.png', canvas), CACHES[source], signal);
  const palette = info.palette.map(({ rgb }) => rgb);
  const picture = await decodePicture(bytes, info, palette).catch((error) => {
    throw new FetchError(String(error), 'picture');
  });
  const version = parseVersion(answer.headers.get('X-Canvas-Version')) ?? picture.version;
  if (version === null) throw new FetchError('/canvas.png without a version', 'picture');
  const genesis = parseGenesis(answer.headers.get('X-Canvas-Genesis')) ?? picture.genesis;
  return { version, genesis, indices: picture.indices };
}
