// SPDX-License-Identifier: ISC
// What is fetched before the rest of the page is there, and kept for whoever asks for it first.

export interface Early {
  readonly answer: Response;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const kept = new Map<string, Promise<Early>>();

/** Fetches it now. `progress` is told how many bytes have come, of how many (NaN: not known). */
export function fetchEarly(url: URL, progress: (bytes: number, all: number) => void): Promise<Early> {
  const early = load(url, progress);
  // Whoever takes it sees the failure; until then it is nobody's.
  early.catch(() => {});
  kept.set(url.href, early);
  return early;
}

/** The answer that was fetched early, once; null when there is none. */
export function takeEarly(url: URL): Promise<Response> | null {
  const early = kept.get(url.href);
  kept.delete(url.href);
  return early?.then(({ answer, bytes }) => new Response(bytes, answer)) ?? null;
}

async function load(url: URL, progress: (bytes: number, all: number) => void): Promise<Early> {
  const answer = await fetch(url);
  const all = Number(answer.headers.get('Content-Length') ?? NaN);
  const chunks: Uint8Array[] = [];
  let had = 0;
  for (const reader = answer.body!.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
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
}
