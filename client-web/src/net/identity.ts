// SPDX-License-Identifier: ISC
// Becoming somebody: the server gives this browser an identity, in a cookie that scripts cannot read,
// before the first connection is made. Nobody is asked anything.

import type { Info } from '../core/info';
import { parseEnergy, type Energy } from '../core/limits';
import type { Standing } from '../core/status';

/** One does not wait longer than this before one looks on as nobody. */
const PATIENCE_MS = 2_000;
const ANSWER_MS = 15_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 3_600_000;
/** A browser that keeps no cookie would ask for ever. */
const AGAIN_MS = 60_000;

export class Identity {
  standing: Standing = { kind: 'known' };
  private attempt: Promise<void> = Promise.resolve();
  private renewedAt = -Infinity;
  private retryMs = FIRST_RETRY_MS;
  /** Connections that were made meanwhile are nobody's. */
  private late = false;

  /** `got` comes with every identity: `late` says that connections have been made without it. */
  constructor(
    private readonly base: URL,
    private readonly changed: () => void,
    private readonly got: (energy: Energy | null, late: boolean) => void,
  ) {}

  /** Whether one is on its way. */
  get coming(): boolean {
    return this.standing.kind === 'asking' || this.standing.kind === 'working';
  }

  /** Settled when there is nothing to wait for any more before a connection is made; null: now. */
  ready(): Promise<void> | null {
    if (!this.coming) return null;
    const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
    return Promise.race([this.attempt, patience]).then(() => {
      this.late = this.standing.kind !== 'known';
    });
  }

  /** Gets an identity if `/info` says that one is needed and not there. */
  begin({ identity, energy }: Info): void {
    const { have, needed } = identity;
    if (have || (needed === 'any' && energy === null)) return;
    if (needed === 'sso') this.become({ kind: 'signin' });
    else this.attempt = this.obtain(needed === 'work');
  }

  /** The server does not know this browser any more. */
  lost({ identity: { needed } }: Info): void {
    if (needed === 'sso') return this.become({ kind: 'signin' });
    if (performance.now() - this.renewedAt < AGAIN_MS) return;
    this.renewedAt = performance.now();
    this.late = true;
    this.attempt = this.obtain(needed === 'work');
  }

  private async obtain(work: boolean): Promise<void> {
    this.become(work ? { kind: 'working', since: performance.now() } : { kind: 'asking' });
    try {
      const body = work ? await (await import('./work')).proof(this.base) : null;
      const answer = await fetch(new URL('identity', this.base), {
        method: 'POST',
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(body && { body, headers: { 'Content-Type': 'application/json' } }),
      });
      if (answer.ok) {
        const { energy } = (await answer.json().catch(() => ({}))) as { energy?: unknown };
        this.become({ kind: 'known' });
        this.got(parseEnergy(energy), this.late);
        return;
      }
      const seconds = Number(answer.headers.get('Retry-After'));
      this.again(work, answer.status === 429, seconds > 0 ? 1_000 * seconds : 0);
    } catch (error) {
      console.warn('placed: no identity:', error);
      this.again(work, false, 0);
    }
  }

  private again(work: boolean, crowded: boolean, ms: number): void {
    const wait = Math.min(LAST_RETRY_MS, Math.max(this.retryMs, ms));
    this.retryMs = Math.min(LAST_RETRY_MS, 2 * this.retryMs);
    this.become(crowded ? { kind: 'later', until: performance.now() + wait } : { kind: 'failed' });
    // Not all at the same moment.
    setTimeout(() => void this.obtain(work), wait * (1 + 0.1 * Math.random()));
  }

  private become(standing: Standing): void {
    this.standing = standing;
    this.changed();
  }
}
