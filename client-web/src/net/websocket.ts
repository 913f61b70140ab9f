// SPDX-License-Identifier: ISC
// The WebSocket transport, with a watch for the connection that is dead without saying so, because a
// browser cannot send a ping.

import { CLOSE_ABNORMAL } from '../core/backoff';
import type { Edit, Size } from '../core/edit';
import { decodeFrame, decodeText, encodeMessage, MAX_EDITS, SUBPROTOCOL } from '../core/protocol';
import type { Target, Transport, TransportEvents } from './transport';

const HELLO_MS = 10_000;
/** After this much silence ask for something, and give the answer ANSWER_MS. */
const SILENCE_MS = 30_000;
const ANSWER_MS = 10_000;
const QUESTION = JSON.stringify({ type: 'energy' });
const CLOSE_PROTOCOL = 1002;

export class WebSocketTransport implements Transport {
  readonly kind = 'websocket';
  readonly maxEdits = MAX_EDITS;
  private ws: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private greeted = false;
  private over = false;
  private asking = false;

  constructor(
    private readonly target: Pick<Target, 'paths'> & { readonly info: Size },
    private readonly events: TransportEvents,
  ) {}

  open(from: number, companion = false): void {
    const url = new URL('ws', this.target.paths);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('from', String(from));
    if (companion) url.searchParams.set('companion', '1');
    this.ws = new WebSocket(url, SUBPROTOCOL);
    this.ws.binaryType = 'arraybuffer';
    this.ws.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => this.receive(data);
    this.ws.onclose = ({ code }) => this.lose(code);
    this.timer = setTimeout(() => this.lose(CLOSE_ABNORMAL), HELLO_MS);
  }

  send(id: number, edits: readonly Edit[]): boolean {
    if (this.over || this.ws?.readyState !== WebSocket.OPEN) return false;
    this.ws.send(encodeMessage(id, edits));
    return true;
  }

  ask(answerMs: number): void {
    if (this.over || this.asking || this.ws?.readyState !== WebSocket.OPEN) return;
    this.asking = true;
    clearTimeout(this.timer);
    this.ws.send(QUESTION);
    this.timer = setTimeout(() => this.lose(CLOSE_ABNORMAL), answerMs);
  }

  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.ws?.close();
  }

  private receive(data: ArrayBuffer | string): void {
    if (this.over) return;
    this.asking = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(ANSWER_MS), SILENCE_MS);
    if (typeof data === 'string') {
      const message = decodeText(data);
      this.greeted ||= message?.type === 'hello';
      if (!this.greeted) this.lose(CLOSE_PROTOCOL);
      else if (message) this.events.message(message);
    } else {
      const frame = this.greeted ? decodeFrame(data, this.target.info) : null;
      if (frame) this.events.frame(frame);
      else this.lose(CLOSE_PROTOCOL);
    }
  }

  private lose(code: number): void {
    if (this.over) return;
    this.close();
    this.events.lost(code);
  }
}
