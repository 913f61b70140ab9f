// SPDX-License-Identifier: ISC
// What is wrong when there is no connection, as far as the page can know it.

import { CLOSE_CROWDED } from './backoff';

export type Trouble =
  /** Nothing answers, or what answers is no `placed`. */
  | 'unreachable'
  /** The server has no room for one more connection. */
  | 'full'
  /** The server does not take edits from pages of this address. */
  | 'origin'
  /** A picture came that is not one of this canvas in these colours. */
  | 'picture';

/** A connection ended before its hello; what close code and questions by HTTP say about the reason. */
export interface Evidence {
  readonly code: number;
  /** Status and body of `GET /info`; 0 when there was no answer. */
  readonly info: Answer;
  /** Of a `POST /edit` without parameters: 400 unless pages of this address are refused. */
  readonly edit: Answer;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Null: the server answers, so it is this kind of connection that does not come through. */
export function troubleOf({ code, info, edit }: Evidence): Trouble | null {
  if (code === CLOSE_CROWDED || isFull(info)) return 'full';
  if (info.status !== 200) return 'unreachable';
  if (edit.status === 403 && edit.body.includes('origin')) return 'origin';
  if (isFull(edit)) return 'full';
  return null;
}

/** A server that is full says 503; so does one that is just closing, and it says that. */
export const isFull = ({ status, body }: Answer): boolean =>
  status === 503 && !body.includes('closed');
