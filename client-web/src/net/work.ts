// SPDX-License-Identifier: ISC
// Proof of work: the server's challenge (PROTOCOL.md, "Proof of work"), solved by altcha's worker. Loaded
// only where the server wants it; a file of its own, as the page's content security policy asks for.

import Solver from 'altcha/workers/pbkdf2?worker';

const ANSWER_MS = 15_000;
const WORK_MS = 120_000;
const TRIES = 3;
/** Half of the machine's processors, so that the page stays quick; and a phone cool. */
const WORKERS = Math.min(4, Math.max(1, (navigator.hardwareConcurrency || 2) >> 1));

interface Challenge {
  readonly parameters: object;
  readonly signature: string;
}

interface Solution {
  readonly counter: number;
}

/** The body that `POST /identity` wants. */
export async function proof(base: URL): Promise<string> {
  // A challenge is good for a while only, which a slow machine may miss.
  for (let i = 1; ; i++) {
    const answer = await fetch(new URL('identity/challenge', base), {
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new Error(`/identity/challenge: ${answer.status}`);
    const { parameters, signature } = (await answer.json()) as Challenge;
    const challenge = { parameters, signature };
    const solution = await solve(challenge);
    if (solution) return JSON.stringify({ altcha: btoa(JSON.stringify({ challenge, solution })) });
    if (i >= TRIES) throw new Error('the challenge took too long');
  }
}

/** Null when it took too long. */
function solve(challenge: Challenge): Promise<Solution | null> {
  const workers = Array.from({ length: WORKERS }, () => new Solver());
  let timer: ReturnType<typeof setTimeout>;
  return new Promise<Solution | null>((resolve, reject) => {
    timer = setTimeout(() => resolve(null), WORK_MS);
    workers.forEach((worker, counterStart) => {
      worker.onmessage = ({ data }: MessageEvent<Solution | { error: unknown } | null>) => {
        if (data && 'error' in data) reject(new Error(String(data.error)));
        else resolve(data);
      };
      worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
      const work = { challenge, counterMode: 'uint32', counterStart, counterStep: WORKERS };
      worker.postMessage({ type: 'work', timeout: WORK_MS, ...work });
    });
  }).finally(() => {
    clearTimeout(timer);
    workers.forEach((worker) => worker.terminate());
  });
}
