// SPDX-License-Identifier: ISC
// The event stream transport, for networks that refuse WebSockets: edits come from `/events`.

import { CLOSE_ABNORMAL, CLOSE_RESTART } from '../core/backoff';
import { validEdits } from '../core/edit';
import type { Info } from '../core/info';
import { parseVersion } from '../core/version';
import { decodeText } from '../core/protocol';
import { HttpTransport } from './overhttp';

const OPEN_MS = 15_000;

export class EventStreamTransport extends HttpTransport {
  readonly kind = 'events';
  protected readonly infoMs = 15_000;
  private stream: EventSource | null = null;

  open(from: number, companion = false): void {
    const url = new URL('events', this.target.paths);
    url.searchParams.set('from', String(from));
    if (companion) url.searchParams.set('companion', '1');
    const stream = new EventSource(url);
    this.stream = stream;
    this.version = from;
    // What comes before the answer of /info waits for it: the log's genesis has to be known first.
    const early: MessageEvent<string>[] = [];
    const take = (event: MessageEvent<string>) =>
      this.greeted ? this.receive(event) : void early.push(event);
    stream.addEventListener('message', take);
    stream.addEventListener('reset', take as (event: Event) => void);
    stream.addEventListener('rules', (event) => {
      const message = decodeText((event as MessageEvent<string>).data);
      if (this.greeted && !this.over && message) this.events.message(message);
    });
    // A stream that ends does not say why: mostly the server restarts, as a WebSocket's close code would say.
    stream.onerror = () => this.lose(this.greeted ? CLOSE_RESTART : CLOSE_ABNORMAL);
    stream.onopen = async () => {
      if (await this.greet(() => from)) for (const event of early) this.receive(event);
    };
    this.timer = setTimeout(() => this.lose(CLOSE_ABNORMAL), OPEN_MS);
  }

  protected hangUp(): void {
    this.stream?.close();
  }

  protected override informed(info: Info): void {
    this.expect(this.own(info)?.version ?? 0);
  }

  private receive(event: MessageEvent<string>): void {
    if (this.over) return;
    const version = parseVersion(event.lastEventId);
    if (version === null) return this.lose(CLOSE_ABNORMAL);
    this.version = version;
    if (event.type === 'reset') return this.events.message({ type: 'reset', version });
    const edits = decodeBase64(event.data);
    if (!edits || !validEdits(edits, this.target.info)) return this.lose(CLOSE_ABNORMAL);
    this.events.frame({ version, edits });
  }
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
