// SPDX-License-Identifier: ISC
// The client: one canvas, kept equal to the server's. Joins the state machine (core/sync) to a
// transport, real fetches, the board and the own edits that the log has not confirmed yet.

import { Board } from '../core/board';
import type { Edit } from '../core/edit';
import type { CanvasInfo, Info } from '../core/info';
import { Pending } from '../core/pending';
import type { Energy } from '../core/limits';
import { folderOf } from '../core/plane';
import type { Message, Refusal } from '../core/protocol';
import { Sync, type Outside, type Source, type State } from '../core/sync';
import type { Trouble } from '../core/trouble';
import { Unsaved } from '../core/unsaved';
import { FetchError, fetchPicture } from './fetches';
import type { Routes } from './routes';
import type { Transport } from './transport';

/** What the clients of one plane share. */
export interface Surroundings {
  /** Where the paths of the plane start. */
  readonly base: URL;
  readonly routes: Routes;
  /** The description of the plane; asked for anew after it failed. */
  describe(): Promise<Info>;
  /** The bytes that the board of this canvas draws into. */
  pixels(client: Client, info: Info): ArrayBufferLike;
  /** Pixels of the board may have changed. */
  boardChanged(client: Client): void;
  /** Own edits are in the log now. */
  confirmed(client: Client): void;
  /** The overlay of own pixels, or the own pixels that were not saved, may have changed. */
  ownChanged(client: Client): void;
  /** Connection, people or read-only changed. */
  statusChanged(client: Client): void;
  /** Is another client of this page counted as the person already? */
  isCompanion(client: Client): boolean;
  greeted(client: Client): void;
  /** Something came from the server. */
  heard(): void;
  /** A connection ended that had been greeted. */
  lost(): void;
  /** The server has another log than the one called `ended`. */
  begunAnew(ended: string): void;
  refused(client: Client, edits: readonly Edit[], refusal: Refusal): void;
  /** What a connection made now has to wait for; null: nothing. */
  ready(): Promise<void> | null;
  /** What we have to draw with, as the server says. */
  energy(energy: Energy | null): void;
  /** The moderators' rules are these now. */
  rules(serial: number): void;
}

/** Own edits that wait this long are overdue: ask whether anybody is there. */
const OVERDUE_MS = 3_000;
const ANSWER_MS = 5_000;
/** The browser knows of no network: an answer would be from this very machine, or next to it. */
const OFFLINE_ANSWER_MS = 2_000;
const WATCH_MS = 500;

export class Client {
  readonly sync: Sync;
  readonly pending = new Pending();
  readonly unsaved = new Unsaved();
  readonly: boolean = false;
  /** Whether the canvas takes edits. */
  open: boolean;
  online = 0;
  /** Whether own edits wait longer for the log than they should. */
  overdue = false;
  board: Board | null = null;
  /** Whether the board has a picture, be it an old one. */
  drawn = false;
  /** Why there is no connection, while there is none. */
  trouble: Trouble = 'unreachable';
  /** The state that statusChanged() was last called for. */
  private shown: State | null = null;
  private transport: Transport | null = null;
  private fetching: AbortController | null = null;
  private wakeTimer: ReturnType<typeof setTimeout> | undefined;
  private watchTimer: ReturnType<typeof setInterval> | undefined;
  /** The transport is to be replaced when no own edits are in flight. */
  private moving = false;
  private info: Info | null = null;
  private readonly paths: URL;

  constructor(
    readonly at: CanvasInfo,
    private readonly around: Surroundings,
  ) {
    this.paths = new URL(`./${folderOf(at)}`, around.base);
    this.open = at.open;
    this.sync = new Sync(this.outside());
  }

  start(): void {
    this.sync.start();
  }

  /** The end; nothing is reported any more. */
  stop(): void {
    clearTimeout(this.wakeTimer);
    clearInterval(this.watchTimer);
    this.fetching?.abort();
    this.transport?.close();
    this.transport = null;
  }

  /** Is the server still there? The connection is lost within seconds when not. */
  ask(): void {
    this.transport?.ask(navigator.onLine === false ? OFFLINE_ANSWER_MS : ANSWER_MS);
  }

  /** For when the machine woke up or changed its network. */
  probe(): void {
    this.ask();
    this.sync.retryNow();
  }

  /** Changes to the transport that Routes prefers now, once no own edits are in flight. */
  moveOver(): void {
    this.moving = true;
    if (this.pending.size === 0) this.sync.reconnect();
  }

  get canPlace(): boolean {
    return this.sync.state.kind === 'live' && !this.readonly && this.open;
  }

  /** Shows the edits at once and sends them; false when that is not possible now. */
  place(edits: readonly Edit[]): boolean {
    const { transport } = this;
    if (!this.canPlace || !transport) return false;
    let sent = true;
    for (let i = 0; i < edits.length && sent; i += transport.maxEdits) {
      const some = edits.slice(i, i + transport.maxEdits);
      const id = this.pending.add(some, performance.now());
      sent = transport.send(id, some);
      if (!sent) this.pending.refused(id);
      else this.unsaved.supersede(some);
    }
    this.ownChanged();
    return sent;
  }

  /** Places those own pixels again that were not saved. */
  placeUnsaved(): void {
    if (this.canPlace && this.unsaved.size > 0) {
      const edits = this.unsaved.take();
      if (!this.place(edits)) this.unsaved.add(edits);
    }
    this.ownChanged();
  }

  /** Own edits whose fate is not known, or that are known to be lost. */
  get inDoubt(): Edit[] {
    return [...this.unsaved, ...this.pending.waiting];
  }

  /** Edits of an earlier page whose fate nobody knows; those that the board shows were saved. */
  doubt(edits: readonly Edit[]): void {
    const { board } = this;
    this.unsaved.add(edits);
    if (board) this.unsaved.settle((x, y) => board.at(x, y));
    this.ownChanged();
  }

  private outside(): Outside {
    return {
      connect: (from) => this.connect(from),
      disconnect: () => this.disconnect(),
      fetchPicture: (source) => void this.fetch(source),
      dropPicture: () => this.fetching?.abort(),
      wake: (ms) => {
        clearTimeout(this.wakeTimer);
        this.wakeTimer = setTimeout(() => this.sync.onWake(), ms);
      },
      load: (indices) => {
        this.board!.load(indices);
        this.drawn = true;
        this.around.boardChanged(this);
      },
      apply: (edits) => {
        this.board!.apply(edits);
        this.around.boardChanged(this);
      },
      sum: () => this.board!.sum(),
      now: () => performance.now(),
      random: Math.random,
      begunAnew: (ended) => {
        this.pending.drop();
        this.unsaved.take();
        this.ownChanged();
        this.around.begunAnew(ended);
      },
      changed: () => this.changed(),
    };
  }

  private changed(): void {
    const { board, sync } = this;
    const settled = this.pending.settle(sync.version);
    const saved =
      board && sync.state.kind === 'live' && this.unsaved.settle((x, y) => board.at(x, y));
    if (settled || saved) this.ownChanged();
    if (this.moving && sync.state.kind === 'live') this.moveOver();
    if (this.shown === sync.state) return;
    this.shown = sync.state;
    this.around.statusChanged(this);
  }

  private connect(from: number): void {
    let greeted = false;
    this.moving = false;
    const target = { base: this.around.base, paths: this.paths, at: this.at, info: this.info! };
    const transport = this.around.routes.transport(target, {
      message: (message) => {
        greeted = true;
        this.around.heard();
        this.onMessage(message);
      },
      frame: (frame) => {
        this.around.heard();
        this.sync.onFrame(frame);
      },
      lost: (code) => {
        this.keepOwn();
        if (!greeted) return void this.explain(transport, code);
        this.onLost(transport, code, 'unreachable');
        this.around.lost();
      },
    });
    this.transport = transport;
    const open = () => {
      if (transport === this.transport) transport.open(from, this.around.isCompanion(this));
    };
    const ready = this.around.ready();
    if (ready) void ready.then(open);
    else open();
  }

  /** The connection was never made: what is wrong? */
  private async explain(transport: Transport, code: number): Promise<void> {
    this.onLost(transport, code, await this.around.routes.diagnose(transport, code, this.at));
  }

  /** `trouble` null: another transport is there, no reason to wait. */
  private onLost(transport: Transport, code: number, trouble: Trouble | null): void {
    if (transport !== this.transport) return;
    this.trouble = trouble ?? 'unreachable';
    this.transport = null;
    this.sync.onClosed(code);
    if (trouble === null) this.sync.retryNow();
  }

  private disconnect(): void {
    this.keepOwn();
    this.transport?.close();
    this.transport = null;
  }

  /** The server will not report the outcome of edits in flight; the next picture shows it. */
  private keepOwn(): void {
    this.unsaved.add(this.pending.drop());
    this.ownChanged();
  }

  private ownChanged(): void {
    if (this.pending.size === 0) {
      clearInterval(this.watchTimer);
      this.watchTimer = undefined;
      this.overdue = false;
    } else {
      this.watchTimer ??= setInterval(() => this.watch(), WATCH_MS);
    }
    this.around.ownChanged(this);
  }

  private watch(): void {
    const since = this.pending.waitingSince;
    const overdue = since !== null && performance.now() - since >= OVERDUE_MS;
    if (overdue) this.ask();
    if (overdue === this.overdue) return;
    this.overdue = overdue;
    this.around.ownChanged(this);
  }

  private async fetch(source: Source): Promise<void> {
    const control = new AbortController();
    this.fetching = control;
    try {
      this.info ??= this.prepare(await this.around.describe());
      const picture = await fetchPicture(this.paths, this.info, source, control.signal);
      if (control.signal.aborted) return;
      this.sync.onPicture(picture.version, picture.genesis, picture.indices);
    } catch (error) {
      if (control.signal.aborted) return;
      console.warn('placed: no picture:', error);
      this.trouble = error instanceof FetchError ? error.trouble : 'unreachable';
      this.sync.onPictureFailed(this.trouble === 'picture');
    }
  }

  private prepare(info: Info): Info {
    const palette = info.palette.map((colour) => colour.rgb);
    this.board = new Board(info, palette, this.around.pixels(this, info));
    return info;
  }

  private onMessage(m: Message): void {
    switch (m.type) {
      case 'hello':
        this.readonly = m.readonly;
        this.open = m.open;
        this.online = m.online;
        this.around.routes.succeeded(this.transport!);
        this.sync.onHello(m.version, m.genesis);
        this.around.energy(m.energy);
        return this.around.greeted(this);
      case 'placed':
        if (this.pending.placed(m.id, m.version, this.sync.version)) this.around.confirmed(this);
        return this.ownChanged();
      case 'refused': {
        const edits = this.pending.refused(m.id);
        if (edits) this.around.refused(this, edits, m);
        return this.ownChanged();
      }
      case 'online':
        this.online = m.count;
        return this.around.statusChanged(this);
      case 'checksum':
        return this.sync.onChecksum(m.version, m.sum);
      case 'reset':
        return this.sync.onReset(m.version);
      case 'notice':
        this.readonly = m.readonly;
        return this.around.statusChanged(this);
      case 'energy':
        return this.around.energy(m.energy);
      case 'rules':
        this.open = m.open;
        this.around.statusChanged(this);
        return this.around.rules(m.serial);
    }
  }
}
