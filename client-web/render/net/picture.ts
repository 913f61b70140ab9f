// SPDX-License-Identifier: ISC
// One picture, asked for until it comes, cannot come, or is not wanted any more.

import { judge, type Refusal, type Trouble } from '../core/retry';

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });

async function ask(url: URL, signal: AbortSignal, priority: RequestPriority): Promise<ImageBitmap | Refusal> {
  let answer: Response;
  let blob: Blob;
  try {
    answer = await fetch(url, { signal, priority });
    if (!answer.ok) return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
    blob = await answer.blob();
  } catch {
    signal.throwIfAborted();
    return { status: null, retryAfter: null };
  }
  try {
    return await createImageBitmap(blob);
  } catch {
    return { status: 500, retryAfter: null };
  }
}

/**
 * Rejects with the trouble that it ends with; `told` of one that it does not end with. `priority`: among
 * the requests of this page.
 */
export async function fetchPicture(
  url: URL,
  signal: AbortSignal,
  told: (trouble: Trouble) => void = () => {},
  priority: RequestPriority = 'auto',
): Promise<ImageBitmap> {
  for (let tries = 1; ; tries++) {
    const answer = await ask(url, signal, priority);
    if (answer instanceof ImageBitmap) return answer;
    const { trouble, inMs } = judge(answer, tries, Math.random());
    if (inMs === null) throw new NoPicture(trouble);
    told(trouble);
    await sleep(inMs, signal);
  }
}

export class NoPicture extends Error {
  constructor(readonly trouble: Trouble) {
    super(`no picture: ${trouble}`);
  }
}
