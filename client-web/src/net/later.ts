// SPDX-License-Identifier: ISC
// The transports without a WebSocket: few need them, so their code is loaded when one is opened.

import { CLOSE_ABNORMAL } from '../core/backoff';
import type { Edit } from '../core/edit';
import type { Kind, Target, Transport, TransportEvents } from './transport';

export class LaterTransport implements Transport {
  readonly maxEdits = 1;
  private inner: Transport | null = null;
  private over = false;

  constructor(
    readonly kind: Exclude<Kind, 'websocket'>,
    private readonly target: Target,
    private readonly events: TransportEvents,
  ) {}

  open(from: number, companion?: boolean): void {
    this.load().then(
      (inner) => {
        if (this.over) return;
        this.inner = inner;
        inner.open(from, companion);
      },
      () => {
        if (this.over) return;
        this.over = true;
        this.events.lost(CLOSE_ABNORMAL);
      },
    );
  }

  send(id: number, edits: readonly Edit[]): boolean {
    return this.inner?.send(id, edits) ?? false;
  }

  ask(answerMs: number): void {
    this.inner?.ask(answerMs);
  }

  close(): void {
    this.over = true;
    this.inner?.close();
  }

  private async load(): Promise<Transport> {
    const Kind =
      this.kind === 'poll'
        ? (await import('./poll')).PollTransport
        : (await import('./eventstream')).EventStreamTransport;
    return new Kind(this.target, this.events);
  }
}
