// SPDX-License-Identifier: ISC
// The admin API from the page: `/control/...` on this origin, with a token that is kept for as long as
// the tab is open and sent in a header, never in an address.

import { t } from '../texts';

const ANSWER_MS = 20_000;
const LOOK_MS = 300;
const JOB_MS = 600_000;

/** What went wrong, in a sentence. */
export class ControlError extends Error {
  constructor(
    words: string,
    readonly status: number,
  ) {
    super(words);
  }
}

export interface Author {
  readonly author: string;
  readonly name: string;
  readonly edits: number;
}

export interface Plan {
  readonly predicate: string;
  readonly version: number;
  readonly digest: string;
  readonly edits: number;
  readonly pixels: number;
  readonly bystanders?: number;
  readonly authors: readonly Author[];
  /** x, y, width and height of what would change. */
  readonly bounds: readonly [number, number, number, number] | null;
}

export interface Job {
  readonly job: number;
  readonly kind: string;
  /** Whose token began it. */
  readonly by?: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly done: number;
  readonly result?: unknown;
  readonly error?: string;
}

export type Fields = Record<string, unknown>;

/** The status of a ControlError about a job that somebody stopped. */
export const CANCELLED = -1;

/** Nothing came through, or a proxy's limit was met. */
const PASSING = [0, 429, 502, 503, 504];

/** What a status means, where the server says nothing better. */
function wordsOf(status: number): string {
  const { errors } = t().staff;
  switch (status) {
    case 0:
      return errors.noAnswer;
    case 401:
      return errors.token;
    case 403:
      return errors.role;
    case 404:
      return errors.none;
    case 409:
      return errors.gone;
    case 429:
      return errors.often;
    default:
      return errors.refused(status);
  }
}

/** What goes on does so without an answer, too. */
function patient(error: unknown): null {
  if (error instanceof ControlError && PASSING.includes(error.status)) return null;
  throw error;
}

export class Control {
  constructor(
    readonly base: URL,
    private readonly token: string,
  ) {}

  async get(path: string, query: Record<string, string | number> = {}): Promise<unknown> {
    return (await this.ask(path, query, null)).json();
  }

  /** Changes something; `why` stands in the audit. */
  async post(path: string, why: string, fields: Fields): Promise<Fields> {
    return (await (await this.ask(path, {}, { ...fields, why })).json()) as Fields;
  }

  async preview(job: number): Promise<Blob> {
    return (await this.ask('preview.png', { job }, null)).blob();
  }

  /** The job that runs is to end; what it has done stays done. */
  async cancel(): Promise<void> {
    await this.post('cancel', '', {});
  }

  /** Waits until a job has ended well; `progress` from 0 to 1 meanwhile. */
  async finish(job: number, progress: (done: number) => void): Promise<Job> {
    for (const end = Date.now() + JOB_MS; Date.now() < end; ) {
      const now = (await this.get('job', { job }).catch(patient)) as Job | null;
      if (now?.state === 'done') return now;
      if (now?.state === 'failed') throw new ControlError(now.error || t().staff.errors.failed, 0);
      if (now?.state === 'cancelled') throw new ControlError(t().staff.errors.cancelled, CANCELLED);
      if (now) progress(now.done);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new ControlError(t().staff.errors.long, 0);
  }

  private async ask(
    path: string,
    query: Record<string, string | number>,
    body: Fields | null,
  ): Promise<Response> {
    const url = new URL(`control/${path}`, this.base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const answer = await fetch(url, {
      method: body ? 'POST' : 'GET',
      cache: 'no-store',
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => null);
    if (answer?.ok) return answer;
    const { error } = ((await answer?.json().catch(() => null)) ?? {}) as { error?: unknown };
    const status = answer?.status ?? 0;
    const said = typeof error === 'string' && ![401, 429].includes(status) && error !== 'not found';
    throw new ControlError(said ? error : wordsOf(status), status);
  }
}
