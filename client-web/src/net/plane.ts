// SPDX-License-Identifier: ISC
// The plane: which of the server's canvases are connected (at most four, nearest to what one looks
// at), and edits in plane coordinates handed to the canvases that they are on.

import type { Cell, Edit, Rect } from '../core/edit';
import type { CanvasInfo, Info, Position } from '../core/info';
import {
  boundsOf,
  byDistance,
  canvasOf,
  grow,
  nameOf,
  onCanvas,
  splitByCanvas,
} from '../core/plane';
import type { Account } from '../core/energy';
import type { Energy } from '../core/limits';
import type { Refusal } from '../core/protocol';
import { Pulse } from '../core/pulse';
import type { State } from '../core/sync';
import type { Point } from '../core/view';
import { Client, type Surroundings } from './client';
import { fetchInfo, fetchPlane } from './fetches';
import { Identity } from './identity';
import { Routes } from './routes';
import type { Kind } from './transport';

export interface PlaneEvents {
  /** The plane is known; comes once, before any other word about it. */
  ready(info: Info): void;
  /** Canvases were opened, closed, or came into being: by these it has grown. */
  changed(info: Info, grown: readonly Position[]): void;
  /** The moderators' rules are others than before. */
  rulesChanged(info: Info): void;
  /** What we have to draw with changed. */
  energyChanged(): void;
  /** Who we are for the server changed, or whether we can be somebody. */
  standingChanged(): void;
  /** The bytes that the board of this client draws into. */
  pixels(client: Client, info: Info): ArrayBufferLike;
  /** This client is no more. */
  gone(client: Client): void;
  boardChanged(client: Client): void;
  /** Own edits are in the log now. */
  confirmed(): void;
  /** The overlay of own pixels, or the own pixels that were not saved, may have changed. */
  ownChanged(): void;
  /** Connection, people or read-only changed. */
  statusChanged(): void;
  /** The server has another log than before; once for all canvases. */
  begunAnew(): void;
  /** In plane coordinates. */
  refused(edits: readonly Edit[], refusal: Refusal): void;
}

/** Why nothing can be placed on a cell; null when it can. */
export type Obstacle = 'outside' | 'locked' | 'readonly' | 'unconnected' | null;

const LIVE_MAX = 4;
/** How far outside the view canvases are connected, and how far outside they stay so, in cells. */
const NEAR_CELLS = 200;
const LEAVE_CELLS = 600;
const INFO_MS = 20_000;
/** How long until the new rules are asked for: at most, so that not all ask at once; and again. */
const RULES_SPREAD_MS = 1_000;
const RULES_AGAIN_MS = 1_000;
const RULES_TRIES = 20;
/** By polls nobody knows how many look; a cache may have them all. */
const BEHIND_A_CACHE = 15_000;
/** At least between two looks at how long nothing has come. */
const PULSE_MS = 1_000;
/** A client whose edits are on their way is let go of a little later. */
const BUSY_MS = 1_000;

export class Plane {
  readonly routes: Routes;
  readonly identity: Identity;
  info: Info | null = null;
  /** What we have to draw with, as far as this page knows; null: nothing is counted. */
  account: Account | null = null;
  bounds: Rect = { x0: 0, y0: 0, x1: 1, y1: 1 };
  private readonly clients = new Map<string, Client>();
  private readonly around: Surroundings;
  /** The nearest canvas; at first, until the plane is known, the one that most planes have. */
  private nearest: Client;
  private person: Client | null = null;
  private canvases = new Map<string, CanvasInfo>();
  private describing: Promise<Info> | null = null;
  private centre: Point = { x: 0, y: 0 };
  private area: Rect | null = null;
  private busyTimer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private readonly pulse = new Pulse(Math.random());
  private pulseTimer: ReturnType<typeof setTimeout> | undefined;
  /** The newest rules that the server has spoken of. */
  private serial = 0;
  private followingRules = false;
  /** The logs that have ended while this page was open. */
  private readonly ended = new Set<string>();
  private readonly greeted = new WeakSet<Client>();
  /** Own pixels that were not saved, of canvases that are not connected any more. */
  private readonly left = new Map<string, { readonly at: Position; readonly edits: readonly Edit[] }>();

  /**
   * `wanted`: by this kind of connection, whatever else comes through. `looksOn`: nobody draws here, so nobody has to
   * be somebody.
   */
  constructor(
    private readonly base: URL,
    wanted: Kind | null,
    private readonly events: PlaneEvents,
    private readonly looksOn = false,
  ) {
    const changed = (replace: boolean) => {
      if (replace) for (const client of this.clients.values()) client.moveOver();
      this.events.statusChanged();
    };
    this.routes = new Routes(base, changed, wanted);
    this.identity = new Identity(
      base,
      () => events.standingChanged(),
      (energy, late) => {
        if (energy) this.reported(energy);
        if (late) for (const client of this.clients.values()) client.moveOver();
      },
    );
    this.around = this.surroundings();
    this.nearest = this.add({ x: 0, y: 0, open: true, version: 0 });
  }

  start(): void {
    this.nearest.start();
    this.feelPulse();
    setInterval(() => {
      if (!document.hidden) void this.refresh();
    }, INFO_MS);
  }

  /** The client of the canvas nearest to the view's centre. */
  get client(): Client {
    return this.nearest;
  }

  get live(): Iterable<Client> {
    return this.clients.values();
  }

  clientAt(at: { x: number; y: number }): Client | undefined {
    return this.clients.get(nameOf(at));
  }

  /** What is shown of the connections: a lost one before all, else a live one. */
  get state(): State {
    const states = [...this.clients.values()].map((client) => client.sync.state);
    const { state } = this.nearest.sync;
    if (state.kind === 'lost') return state;
    return (
      states.find(({ kind }) => kind === 'lost') ?? states.find(({ kind }) => kind === 'live') ?? state
    );
  }

  /** The client whose state is shown, for the reason. */
  get shown(): Client {
    const { state } = this;
    for (const client of this.clients.values()) if (client.sync.state === state) return client;
    return this.nearest;
  }

  get online(): number {
    return Math.max(0, ...[...this.clients.values()].map((client) => client.online));
  }

  get readonly(): boolean {
    return this.nearest.readonly;
  }

  get overdue(): boolean {
    return [...this.clients.values()].some((client) => client.overdue);
  }

  get unsaved(): number {
    let sum = 0;
    for (const client of this.clients.values()) sum += client.unsaved.size;
    for (const { edits } of this.left.values()) sum += edits.length;
    return sum;
  }

  /** Own pixels that were not saved and can be placed again, in plane coordinates. */
  notSaved(): Edit[] {
    const here = [...this.clients.values()].flatMap((client) =>
      [...client.unsaved].map((edit) => this.toPlane(client.at, edit)),
    );
    const left = [...this.left.values()].flatMap(({ at, edits }) => edits.map((edit) => this.toPlane(at, edit)));
    return [...here, ...left];
  }

  /** Whether any of them can be placed just now. */
  get takesUnsaved(): boolean {
    return [...this.clients.values()].some(({ unsaved, canPlace }) => unsaved.size > 0 && canPlace);
  }

  placeUnsaved(): void {
    for (const client of this.clients.values()) client.placeUnsaved();
  }

  dropUnsaved(): void {
    for (const client of this.clients.values()) client.unsaved.take();
    this.left.clear();
    this.events.ownChanged();
  }

  /** Own edits that the log has not confirmed yet, in plane coordinates. */
  *pending(): Iterable<Edit> {
    for (const client of this.clients.values()) {
      for (const edit of client.pending) yield this.toPlane(client.at, edit);
    }
  }

  /** Do now what waits for a moment, and see whether the connections still live. */
  probe(): void {
    this.routes.probe();
    for (const client of this.clients.values()) client.probe();
    this.feelPulse();
  }

  /** While somebody looks: asks when nothing came for long enough. Whoever is asked, the answer says that the
   * network is there; when none comes, all others are asked, too. */
  private feelPulse(): void {
    clearTimeout(this.pulseTimer);
    if (document.hidden) return;
    const now = performance.now();
    if (this.pulse.due(now) <= 0) {
      this.pulse.ask(this.routes.kind === 'poll' ? BEHIND_A_CACHE : this.online);
      [...this.clients.values()].find(({ sync }) => sync.state.kind === 'live')?.ask();
    }
    this.pulseTimer = setTimeout(() => this.feelPulse(), Math.max(PULSE_MS, this.pulse.due(now)));
  }

  retryNow(): void {
    for (const client of this.clients.values()) client.sync.retryNow();
  }

  /** This is looked at: its canvases, nearest to its centre first, are to be live. */
  look(area: Rect): void {
    this.area = area;
    this.centre = { x: (area.x0 + area.x1) / 2, y: (area.y0 + area.y1) / 2 };
    this.choose();
  }

  /** Whether the plane has a canvas there. */
  has(cell: Cell): boolean {
    return this.info !== null && this.canvases.has(nameOf(canvasOf(cell, this.info)));
  }

  obstacle(cell: Cell): Obstacle {
    const at = this.info && nameOf(canvasOf(cell, this.info));
    const canvas = at && this.canvases.get(at);
    if (!canvas) return 'outside';
    const client = this.clients.get(at);
    if (client?.readonly) return 'readonly';
    if (!canvas.open || client?.open === false) return 'locked';
    return client?.canPlace ? null : 'unconnected';
  }

  /** The colour that a cell shows here, own pixels included; null where the canvas is not live. */
  colourAt(cell: Cell): number | null {
    const client = this.info && this.clientAt(canvasOf(cell, this.info));
    if (!client?.board) return null;
    const { x, y } = onCanvas(cell, this.info!);
    return client.pending.at(x, y) ?? client.board.at(x, y);
  }

  /** Shows the edits (plane coordinates) at once and sends them, or says why not and sends none. */
  place(edits: readonly Edit[]): Obstacle {
    for (const edit of edits) {
      const obstacle = this.obstacle(edit);
      if (obstacle) return obstacle;
    }
    let sent = true;
    for (const part of splitByCanvas(edits, this.info!).values()) {
      sent = this.clientAt(part.at)!.place(part.edits) && sent;
    }
    return sent ? null : 'unconnected';
  }

  /** The colour that the server's canvas has on a cell, as far as it is here. */
  boardAt(cell: Cell): number | null {
    const board = this.info && this.clientAt(canvasOf(cell, this.info))?.board;
    if (!board) return null;
    const { x, y } = onCanvas(cell, this.info!);
    return board.at(x, y);
  }

  private reported(energy: Energy | null): void {
    if (!energy && !this.account) return;
    this.account = energy && { limits: energy, at: performance.now() };
    this.events.energyChanged();
  }

  private toPlane(at: Position, edit: Edit): Edit {
    const { width, height } = this.info!;
    return { ...edit, x: at.x * width + edit.x, y: at.y * height + edit.y };
  }

  private surroundings(): Surroundings {
    const { events } = this;
    return {
      base: this.base,
      routes: this.routes,
      describe: () => this.describe(),
      pixels: (client, info) => events.pixels(client, info),
      boardChanged: (client) => events.boardChanged(client),
      confirmed: () => events.confirmed(),
      ownChanged: () => events.ownChanged(),
      statusChanged: () => events.statusChanged(),
      // The server may be another one than before, with other canvases.
      greeted: (client) => {
        if (this.greeted.has(client)) void this.refresh();
        this.greeted.add(client);
      },
      heard: () => this.pulse.heard(performance.now()),
      lost: () => {
        for (const client of this.clients.values()) client.ask();
      },
      isCompanion: (client) => this.isCompanion(client),
      // All canvases are of one log, so each of their clients hears of it.
      begunAnew: (ended) => {
        if (this.ended.has(ended)) return;
        this.ended.add(ended);
        this.left.clear();
        events.ownChanged();
        events.begunAnew();
      },
      refused: (client, edits, refusal) => {
        if (refusal.reason === 'identity') this.identity.lost(this.info!);
        events.refused(
          edits.map((edit) => this.toPlane(client.at, edit)),
          refusal,
        );
      },
      ready: () => this.identity.ready(),
      energy: (energy) => this.reported(energy),
      rules: (serial) => void this.followRules(serial),
    };
  }

  private describe(): Promise<Info> {
    if (this.info) return Promise.resolve(this.info);
    this.describing ??= fetchInfo(this.base, 'any')
      .then((info) => {
        if (!this.looksOn) this.identity.begin(info);
        this.learn(info);
        this.reported(info.energy);
        return info;
      })
      .finally(() => (this.describing = null));
    return this.describing;
  }

  /** Asks for the canvases again; no answer is no reason for anything. */
  private async refresh(): Promise<void> {
    if (!this.info || this.asking) return;
    this.asking = true;
    const plane = await fetchPlane(this.base).catch(() => null);
    this.asking = false;
    const { energy, identity } = this.info;
    if (plane) this.learn({ ...plane, energy, identity });
  }

  /** Asks for the new rules, until they are there. */
  private async followRules(serial: number): Promise<void> {
    this.serial = Math.max(this.serial, serial);
    if (this.followingRules) return;
    this.followingRules = true;
    const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    let ms = RULES_SPREAD_MS * Math.random();
    for (let i = 0; i < RULES_TRIES && this.info && this.info.rules < this.serial; i++) {
      await pause(ms);
      await this.refresh();
      ms = RULES_AGAIN_MS;
    }
    this.followingRules = false;
  }

  private learn(info: Info): void {
    const first = this.info === null;
    const rulesBefore = JSON.stringify(this.info && rulesOf(this.info));
    const before = JSON.stringify([...this.canvases.values()].map(({ x, y, open }) => [x, y, open]));
    // What the boards are made for stays: another palette or size needs the page loaded anew.
    this.info = { ...info, ...(first ? {} : sameBoards(this.info!)) };
    const grown = info.canvases.filter((canvas) => !this.canvases.has(nameOf(canvas)));
    this.canvases = new Map(info.canvases.map((canvas) => [nameOf(canvas), canvas]));
    this.bounds = boundsOf(info.canvases, info);
    if (first) return this.events.ready(info);
    if (JSON.stringify(rulesOf(info)) !== rulesBefore) this.events.rulesChanged(info);
    const after = JSON.stringify(info.canvases.map(({ x, y, open }) => [x, y, open]));
    if (before === after) return;
    this.choose();
    this.events.changed(info, grown);
  }

  /** One of the connections of this page is counted as the person who looks at it, for as long as it
   * lasts; then the next one that is made. */
  private isCompanion(client: Client): boolean {
    const { person } = this;
    if (!person || this.clients.get(nameOf(person.at)) !== person) this.person = client;
    return this.person !== client;
  }

  private add(at: CanvasInfo): Client {
    const client = new Client(at, this.around);
    this.clients.set(nameOf(at), client);
    client.unsaved.add(this.left.get(nameOf(at))?.edits ?? []);
    this.left.delete(nameOf(at));
    return client;
  }

  /** Connects the canvases that are near, and lets go of those that are not. */
  private choose(): void {
    const { info, area, centre } = this;
    if (!info || !area) return;
    const near = byDistance(info.canvases, info, grow(area, NEAR_CELLS), centre).slice(0, LIVE_MAX);
    const wanted = new Set(near.map(nameOf));
    for (const at of byDistance(info.canvases, info, grow(area, LEAVE_CELLS), centre)) {
      if (wanted.size < LIVE_MAX && this.clients.has(nameOf(at))) wanted.add(nameOf(at));
    }
    let busy = false;
    for (const [name, client] of this.clients) {
      if (wanted.has(name)) continue;
      if (client.pending.size > 0 && this.canvases.has(name)) busy = true;
      else this.remove(name, client);
    }
    clearTimeout(this.busyTimer);
    if (busy) this.busyTimer = setTimeout(() => this.choose(), BUSY_MS);
    for (const at of near) {
      if (this.clients.size >= LIVE_MAX) break;
      if (!this.clients.has(nameOf(at))) this.add(at).start();
    }
    this.nearest = this.clients.get(near[0] ? nameOf(near[0]) : '') ?? this.nearest;
    this.events.statusChanged();
  }

  private remove(name: string, client: Client): void {
    client.stop();
    this.clients.delete(name);
    const unsaved = client.unsaved.take();
    if (unsaved.length > 0) this.left.set(name, { at: client.at, edits: unsaved });
    this.events.gone(client);
  }
}

const sameBoards = ({ width, height, palette }: Info) => ({ width, height, palette });
const rulesOf = ({ frozen, colours, regions }: Info) => [frozen, colours, regions];
