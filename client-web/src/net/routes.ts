// SPDX-License-Identifier: ISC
// Which transport the connections of this page use: WebSockets as long as they come through, else
// event streams, with a look now and then whether WebSockets come through again.

import type { Size } from '../core/edit';
import { parseInfo, type CanvasInfo, type Position } from '../core/info';
import { troubleOf, type Answer, type Trouble } from '../core/trouble';
import { EventStreamTransport } from './eventstream';
import type { Transport, TransportEvents } from './transport';
import { WebSocketTransport } from './websocket';

const ANSWER_MS = 8_000;
/** The server answers, yet a WebSocket fails: with one that just restarted, once is no proof. */
const PROOFS = 2;
const FIRST_LOOK_MS = 30_000;
const LAST_LOOK_MS = 600_000;

export class Routes {
  /** Whether something on the way refuses WebSockets. */
  blocked = false;
  private opened = false;
  private failures = 0;
  private lookMs = FIRST_LOOK_MS;
  private looking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `base` is where the paths of the plane start; `changed` is called when `blocked` changes. */
  constructor(
    private readonly base: URL,
    private readonly changed: () => void,
  ) {}

  transport(canvas: URL, at: CanvasInfo, size: Size, events: TransportEvents): Transport {
    return this.blocked
      ? new EventStreamTransport(this.base, canvas, at, size, events)
      : new WebSocketTransport(canvas, size, events);
  }

  /** A connection was greeted. */
  succeeded(): void {
    if (this.blocked) return;
    this.opened = true;
    this.failures = 0;
  }

  /** A connection ended with this code before its hello: why? */
  async diagnose(code: number, at: Position): Promise<Trouble> {
    const info = await this.ask('info', 'GET');
    // A canvas that is not there any more has no connections either.
    if (info.status === 200 && !lists(info.body, at)) return 'unreachable';
    const edit = info.status === 200 ? await this.ask('edit', 'POST') : info;
    const trouble = troubleOf({ code, info, edit });
    if (trouble === 'websocket') this.failed();
    return trouble;
  }

  private failed(): void {
    if (this.blocked || ++this.failures < (this.opened ? PROOFS : 1)) return;
    this.blocked = true;
    this.lookMs = FIRST_LOOK_MS;
    this.lookLater();
    this.changed();
  }

  /** The network changed: WebSockets may come through now. */
  probe(): void {
    if (this.blocked && !this.looking) this.look();
  }

  private lookLater(): void {
    this.looking = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), this.lookMs);
    this.lookMs = Math.min(2 * this.lookMs, LAST_LOOK_MS);
  }

  /** Opens a WebSocket only to see whether one opens. */
  private look(): void {
    this.looking = true;
    clearTimeout(this.timer);
    const size = { width: 0, height: 0 };
    const trial = new WebSocketTransport(this.base, size, {
      message: () => {
        trial.close();
        this.looking = false;
        this.blocked = false;
        this.failures = 0;
        this.changed();
      },
      frame: () => {},
      lost: () => this.lookLater(),
    });
    trial.open(0);
  }

  private async ask(path: string, method: string): Promise<Answer> {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const url = new URL(path, this.base);
      const answer = await fetch(url, { method, cache: 'no-store', signal });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return { status: 0, body: '' };
    }
  }
}

function lists(body: string, at: Position): boolean {
  try {
    return parseInfo(JSON.parse(body))!.canvases.some(({ x, y }) => x === at.x && y === at.y);
  } catch {
    return false;
  }
}
