// SPDX-License-Identifier: ISC
// A transport: how the edits of one canvas come and how own ones go. There are three: a WebSocket;
// where something on the way refuses those, an event stream with a POST for each pixel; and where that
// does not come through either, long polls with a POST for each pixel.

import type { Edit } from '../core/edit';
import type { CanvasInfo, Info } from '../core/info';
import type { Frame, Message } from '../core/protocol';

/** What a transport leads to. */
export interface Target {
  /** Where the paths of the plane start. */
  readonly base: URL;
  /** Where those of the canvas do. */
  readonly paths: URL;
  readonly at: CanvasInfo;
  readonly info: Info;
}

export interface TransportEvents {
  /** `hello` comes first, before any other message or frame. */
  message(message: Message): void;
  frame(frame: Frame): void;
  /** It is over, once, with a close code; not after close(). */
  lost(code: number): void;
}

export type Kind = 'websocket' | 'events' | 'poll';

export interface Transport {
  readonly kind: Kind;
  /** The most edits that one send() may carry. */
  readonly maxEdits: number;
  /** Begins the stream after this version; once. A companion is not counted as a person. */
  open(from: number, companion?: boolean): void;
  /** Sends own edits as message `id`; false when that is not possible now. */
  send(id: number, edits: readonly Edit[]): boolean;
  /** Is anybody there? Lost within `answerMs` when not. */
  ask(answerMs: number): void;
  /** No event comes after this. */
  close(): void;
}
