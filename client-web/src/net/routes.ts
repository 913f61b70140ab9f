// SPDX-License-Identifier: ISC
// Which transport the connections of this page use: WebSockets as long as they come through, else
// event streams, else long polls; with a look now and then whether WebSockets come through again.

import { parseInfo, type Info, type Position } from '../core/info';
import { troubleOf, type Answer, type Trouble } from '../core/trouble';
import { LaterTransport } from './later';
import type { Kind, Target, Transport, TransportEvents } from './transport';
import { WebSocketTransport } from './websocket';

const ANSWER_MS = 8_000;
/** The server answers, yet what worked before fails: with one that just restarted, once is no proof. */
const PROOFS = 2;
const FIRST_LOOK_MS = 30_000;
const LAST_LOOK_MS = 600_000;

export class Routes {
  kind: Kind;
  private opened = false;
  private failures = 0;
  private lookMs = FIRST_LOOK_MS;
  private looking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `base` is where the paths of the plane start; `changed` is called when `kind` changes, and says
   * whether connections of the kind before are better replaced. `wanted` is the kind that the page was asked
   * to use, whatever else comes through. */
  constructor(
    private readonly base: URL,
    private readonly changed: (replace: boolean) => void,
    private wanted: Kind | null = null,
  ) {
    this.kind = wanted ?? 'websocket';
  }

  /** Whether something on the way refuses WebSockets, or the page does without them. */
  get blocked(): boolean {
    return this.kind !== 'websocket';
  }

  transport(target: Target, events: TransportEvents): Transport {
    if (this.kind === 'websocket') return new WebSocketTransport(target, events);
    return new LaterTransport(this.kind, target, events);
  }

  /** A connection was greeted. */
  succeeded({ kind }: Transport): void {
    if (kind !== this.kind) return;
    this.opened = true;
    this.failures = 0;
  }

  /** A connection ended with this code before its hello: why? Null: there is another kind to try, at once. */
  async diagnose({ kind }: Transport, code: number, at: Position): Promise<Trouble | null> {
    const info = await this.ask('info', 'GET');
    const plane = info.status === 200 ? planeOf(info.body) : null;
    // A canvas that is not there any more has no connections either.
    if (info.status === 200 && !plane?.canvases.some(({ x, y }) => x === at.x && y === at.y)) {
      return 'unreachable';
    }
    const edit = plane ? await this.ask('edit', 'POST') : info;
    const trouble = troubleOf({ code, info, edit });
    return trouble ?? (this.failed(kind, plane!.history) ? null : 'unreachable');
  }

  /** Whether there is something else to try at once. */
  private failed(kind: Kind, history: boolean): boolean {
    if (kind !== this.kind || ++this.failures < (this.opened ? PROOFS : 1)) return true;
    const next = this.next(history);
    if (next === kind) return false;
    this.turnTo(next);
    this.lookMs = FIRST_LOOK_MS;
    this.lookLater();
    return true;
  }

  /** What comes after a kind that fails. */
  private next(history: boolean): Kind {
    if (this.kind === 'websocket') return 'events';
    if (history) return 'poll';
    // Polls were asked for, or came through once; a server without history has none.
    this.wanted = null;
    return this.kind === 'poll' ? 'websocket' : 'events';
  }

  private turnTo(kind: Kind): void {
    this.kind = kind;
    this.opened = false;
    this.failures = 0;
    this.changed(kind === 'websocket');
  }

  /** The network changed: WebSockets may come through now. */
  probe(): void {
    if (this.blocked && !this.wanted && !this.looking) this.look();
  }

  private lookLater(): void {
    this.looking = false;
    clearTimeout(this.timer);
    if (!this.blocked || this.wanted) return;
    this.timer = setTimeout(() => this.look(), this.lookMs);
    this.lookMs = Math.min(2 * this.lookMs, LAST_LOOK_MS);
  }

  /** Opens a WebSocket only to see whether one opens. */
  private look(): void {
    this.looking = true;
    clearTimeout(this.timer);
    const nothing = { width: 0, height: 0 };
    const trial = new WebSocketTransport({ paths: this.base, info: nothing }, {
      message: () => {
        trial.close();
        this.looking = false;
        this.turnTo('websocket');
      },
      frame: () => {},
      lost: () => this.lookLater(),
    });
    trial.open(0, true);
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

function planeOf(body: string): Info | null {
  try {
    return parseInfo(JSON.parse(body));
  } catch {
    return null;
  }
}
