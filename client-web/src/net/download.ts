// SPDX-License-Identifier: ISC
// A fetch that is given up when nothing comes of it for too long, however long the whole of it takes: a
// slow network is no dead one.

/** What came, all of it. */
export interface Download {
  readonly answer: Response;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Longer than a server takes for a picture that is asked for by everybody at once. */
const STALL_MS = 15_000;

/** `progress` is told how many bytes have come, of how many (NaN: not known). */
export async function download(
  url: URL,
  { signal, ...init }: RequestInit = {},
  progress: (bytes: number, all: number) => void = () => {},
): Promise<Download> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  let timer = setTimeout(abort, STALL_MS);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    const answer = await fetch(url, { ...init, signal: stop.signal });
    const all = Number(answer.headers.get('Content-Length') ?? NaN);
    const chunks: Uint8Array[] = [];
    let had = 0;
    const reader = answer.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || !value) break;
      clearTimeout(timer);
      timer = setTimeout(abort, STALL_MS);
      chunks.push(value);
      had += value.length;
      progress(had, all);
    }
    const bytes = new Uint8Array(had);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return { answer, bytes };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
