// SPDX-License-Identifier: ISC
// One WebSocket connection: events out until it is closed or lost, and a watch for the connection
// that is dead without saying so, because a browser cannot send a ping.

import { SUBPROTOCOL } from '../core/protocol';

export interface SocketEvents {
  binary(data: ArrayBuffer): void;
  text(data: string): void;
  /** It is over, once; not after close(). */
  lost(code: number): void;
}

const HELLO_MS = 10_000;
/** After this much silence ask for something, and give the answer ANSWER_MS. */
const SILENCE_MS = 30_000;
const ANSWER_MS = 10_000;
const QUESTION = JSON.stringify({ type: 'energy' });
const ABNORMAL = 1006;

export class Socket {
  private readonly ws: WebSocket;
  private timer: ReturnType<typeof setTimeout>;
  private over = false;

  constructor(
    url: URL,
    private readonly events: SocketEvents,
  ) {
    this.ws = new WebSocket(url, SUBPROTOCOL);
    this.ws.binaryType = 'arraybuffer';
    this.ws.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (this.over) return;
      this.listen();
      if (typeof data === 'string') this.events.text(data);
      else this.events.binary(data);
    };
    this.ws.onclose = ({ code }) => this.lose(code);
    this.timer = setTimeout(() => this.lose(ABNORMAL), HELLO_MS);
  }

  /** Whether it went out; false when the connection is not open. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.over || this.ws.readyState !== WebSocket.OPEN) return false;
    this.ws.send(bytes);
    return true;
  }

  /** Is anybody there? Lost within ANSWER_MS when not. */
  ask(): void {
    if (this.over || this.ws.readyState !== WebSocket.OPEN) return;
    clearTimeout(this.timer);
    this.ws.send(QUESTION);
    this.timer = setTimeout(() => this.lose(ABNORMAL), ANSWER_MS);
  }

  /** No event comes after this. */
  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.ws.close();
  }

  private listen(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), SILENCE_MS);
  }

  private lose(code: number): void {
    if (this.over) return;
    this.close();
    this.events.lost(code);
  }
}
