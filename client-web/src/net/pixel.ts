// SPDX-License-Identifier: ISC
// Asking who placed a pixel, and telling the moderators of what should not be there.

import type { Cell, Rect } from '../core/edit';
import { isCount } from '../core/limits';
import { parsePixel, type Pixel } from '../core/pixel';
import { bounded } from './fetches';

const ANSWER_MS = 15_000;

export type Reason = 'hate' | 'sexual' | 'spam' | 'personal' | 'other';

/** Null where the server does not know. */
export async function fetchPixel(base: URL, { x, y }: Cell, signal: AbortSignal): Promise<Pixel | null> {
  return bounded(signal, ANSWER_MS, async (s) => {
    const answer = await fetch(new URL(`pixel/${x}/${y}`, base), { signal: s });
    return answer.ok ? parsePixel(await answer.json().catch(() => null)) : null;
  });
}

export type Reported =
  | { readonly kind: 'taken'; readonly count: number }
  | { readonly kind: 'later'; readonly ms: number }
  | { readonly kind: 'failed' };

export async function report(base: URL, area: Rect, reason: Reason): Promise<Reported> {
  const { x0, y0, x1, y1 } = area;
  try {
    const answer = await fetch(new URL('report', base), {
      method: 'POST',
      cache: 'no-store',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ x: x0, y: y0, w: x1 - x0, h: y1 - y0, reason }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.status === 429) {
      return { kind: 'later', ms: 1_000 * Math.max(1, Number(answer.headers.get('Retry-After')) || 60) };
    }
    const { count } = (await answer.json().catch(() => ({}))) as { count?: unknown };
    return answer.ok ? { kind: 'taken', count: isCount(count) ? count : 1 } : { kind: 'failed' };
  } catch {
    return { kind: 'failed' };
  }
}
