// SPDX-License-Identifier: ISC
// The client: one canvas of one server, kept equal to it. Joins the state machine (core/sync) to a
// real socket, real fetches, the board and the own edits that wait for the log.

import { Board } from '../core/board';
import type { Edit } from '../core/edit';
import type { Info } from '../core/info';
import { Pending } from '../core/pending';
import { decodeFrame, decodeText, encodeMessage, type Message } from '../core/protocol';
import { Sync, type Outside, type State } from '../core/sync';
import { fetchInfo, fetchPicture, type Picture } from './fetches';
import { Socket } from './socket';

export interface ClientEvents {
  /** The canvas is known; comes once, before any other word about it. */
  ready(info: Info): void;
  /** Pixels of the board may have changed. */
  board(): void;
  /** The overlay of own pixels may have changed. */
  pending(): void;
  /** Connection, people or read-only changed. */
  status(): void;
  refused(edits: readonly Edit[], reason: string): void;
}

const NOT_PROTOCOL = 1002;

export class Client {
  readonly sync: Sync;
  readonly pending = new Pending();
  readonly: boolean = false;
  online = 0;
  info: Info | null = null;
  board: Board | null = null;
  /** The state that status() last told of. */
  private shown: State | null = null;
  private socket: Socket | null = null;
  private fetching: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `base` is where the server's paths start; `pixels` gives the bytes that the board draws into. */
  constructor(
    private readonly base: URL,
    private readonly pixels: (info: Info) => ArrayBufferLike,
    private readonly events: ClientEvents,
  ) {
    this.sync = new Sync(this.outside());
  }

  start(): void {
    this.sync.start();
  }

  /** Is it still there? For when the machine woke up or changed its network. */
  probe(): void {
    this.socket?.ask();
    this.sync.retryNow();
  }

  get canPlace(): boolean {
    return this.sync.state.kind === 'live' && !this.readonly;
  }

  /** Shows the edits at once and sends them as one message; false when that is not possible now. */
  place(edits: readonly Edit[]): boolean {
    if (!this.canPlace || !this.socket) return false;
    const id = this.pending.add(edits);
    const sent = this.socket.send(encodeMessage(id, edits));
    if (!sent) this.pending.refused(id);
    this.events.pending();
    return sent;
  }

  private outside(): Outside {
    return {
      connect: (from) => this.connect(from),
      disconnect: () => this.disconnect(),
      fetchPicture: (fresh) => void this.fetch(fresh),
      dropPicture: () => this.fetching?.abort(),
      wake: (ms) => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.sync.onWake(), ms);
      },
      load: (indices) => {
        this.board!.load(indices);
        this.events.board();
      },
      apply: (edits) => {
        this.board!.apply(edits);
        this.events.board();
      },
      sum: () => this.board!.sum(),
      now: () => performance.now(),
      random: Math.random,
      changed: () => {
        if (this.pending.settle(this.sync.version)) this.events.pending();
        if (this.shown === this.sync.state) return;
        this.shown = this.sync.state;
        this.events.status();
      },
    };
  }

  private connect(from: number): void {
    const url = new URL('ws', this.base);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('from', String(from));
    let greeted = false;
    this.socket = new Socket(url, {
      binary: (data) => {
        const frame = greeted ? decodeFrame(data, this.info!) : null;
        if (frame) this.sync.onFrame(frame);
        else this.giveUp();
      },
      text: (data) => {
        const message = decodeText(data);
        greeted ||= message?.type === 'hello';
        if (!greeted) this.giveUp();
        else if (message) this.onMessage(message);
      },
      lost: (code) => {
        this.forgetOwn();
        this.socket = null;
        this.sync.onClosed(code);
      },
    });
  }

  private disconnect(): void {
    this.forgetOwn();
    this.socket?.close();
    this.socket = null;
  }

  private forgetOwn(): void {
    this.pending.connectionLost();
    this.events.pending();
  }

  private async fetch(fresh: boolean): Promise<void> {
    const control = new AbortController();
    this.fetching = control;
    let picture: Picture;
    try {
      this.info ??= this.prepare(await fetchInfo(this.base, control.signal));
      picture = await fetchPicture(this.base, this.info, fresh, control.signal);
    } catch (error) {
      if (control.signal.aborted) return;
      console.warn('placed: no picture:', error);
      return this.sync.onPictureFailed();
    }
    if (!control.signal.aborted) this.sync.onPicture(picture.version, picture.indices);
  }

  private prepare(info: Info): Info {
    const palette = info.palette.map((colour) => colour.rgb);
    this.board = new Board(info, palette, this.pixels(info));
    this.events.ready(info);
    return info;
  }

  /** This is not the protocol that we speak: perhaps it is after a while. */
  private giveUp(): void {
    this.disconnect();
    this.sync.onClosed(NOT_PROTOCOL);
  }

  private onMessage(m: Message): void {
    switch (m.type) {
      case 'hello':
        this.readonly = m.readonly;
        this.online = m.online;
        return this.sync.onHello(m.version);
      case 'placed':
        this.pending.placed(m.id, m.version, this.sync.version);
        return this.events.pending();
      case 'refused': {
        const edits = this.pending.refused(m.id);
        if (edits) this.events.refused(edits, m.reason);
        return this.events.pending();
      }
      case 'online':
        this.online = m.count;
        return this.events.status();
      case 'checksum':
        return this.sync.onChecksum(m.version, m.sum);
      case 'reset':
        return this.sync.onReset(m.version);
      case 'notice':
        this.readonly = m.readonly;
        return this.events.status();
    }
  }
}
