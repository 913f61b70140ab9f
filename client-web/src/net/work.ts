// SPDX-License-Identifier: ISC
// Proof of work: the server's challenge, solved by altcha's worker. Loaded only where the server wants
// it; a file of its own, as the page's content security policy asks for.

import Solver from 'altcha/worker?worker';

const ANSWER_MS = 15_000;
const WORK_MS = 120_000;
const TRIES = 3;

interface Challenge {
  readonly algorithm: string;
  readonly challenge: string;
  readonly salt: string;
  readonly signature: string;
  readonly maxnumber: number;
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
    const challenge = (await answer.json()) as Challenge;
    const solution = await solve(challenge);
    if (solution) {
      const { algorithm, challenge: hash, salt, signature } = challenge;
      const payload = { algorithm, challenge: hash, number: solution.number, salt, signature };
      return JSON.stringify({ altcha: btoa(JSON.stringify({ ...payload, took: solution.took })) });
    }
    if (i >= TRIES) throw new Error('no number of the challenge fits');
  }
}

function solve(challenge: Challenge): Promise<{ number: number; took: number } | null> {
  const worker = new Solver();
  return new Promise<{ number: number; took: number } | null>((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), WORK_MS);
    worker.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data);
    };
    worker.onerror = (event) => {
      clearTimeout(timer);
      reject(new Error(event.message || 'the worker failed'));
    };
    worker.postMessage({ type: 'work', payload: challenge, start: 0, max: challenge.maxnumber });
  }).finally(() => worker.terminate());
}
