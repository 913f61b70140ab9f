// SPDX-License-Identifier: ISC
// Keeps count of the templates while others paint: cells are looked at once, in slices between which
// the page goes on, when a template or the picture of a board comes; then each edit counts by itself.

import type { BoardWatcher } from '../../core/board';
import type { Rect } from '../../core/edit';
import type { Info } from '../../core/info';
import { areaOf } from '../../core/plane';
import { common } from '../../core/template/cells';
import type { Progress } from '../../core/template/progress';
import type { Client } from '../../net/client';

/** So many cells are looked at in one go, a millisecond or two. */
const SLICE = 60_000;
/** What changed is told so often at most. */
const TELL_MS = 200;

interface Job {
  readonly progress: Progress;
  /** Whose board is looked at; null: there only is a canvas there. */
  readonly client: Client | null;
  readonly area: Rect;
}

export class Counting {
  private readonly counted = new Set<Progress>();
  private readonly watched = new Map<Client, BoardWatcher>();
  private jobs: Job[] = [];
  private working = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly info: () => Info,
    private readonly live: () => Iterable<Client>,
    private readonly changed: () => void,
  ) {}

  begin(progress: Progress): void {
    this.counted.add(progress);
    this.open(progress);
    for (const client of this.live()) this.scan(client, progress);
    this.tell();
  }

  end(progress: Progress): void {
    this.counted.delete(progress);
    this.jobs = this.jobs.filter((job) => job.progress !== progress);
  }

  /** There may be canvases that were not there before. */
  planeChanged(): void {
    for (const progress of this.counted) this.open(progress);
  }

  /** A board was painted on: from the first time on it is watched. */
  painted(client: Client): void {
    const { board } = client;
    if (!board || this.watched.get(client) === board.watcher) return;
    const info = this.info();
    const { x0, y0 } = areaOf(client.at, info);
    const watcher: BoardWatcher = {
      edited: (x, y, colour) => {
        let counts = false;
        for (const progress of this.counted) counts = progress.edited(x0 + x, y0 + y, colour) || counts;
        if (counts) this.tell();
      },
      loaded: () => {
        for (const progress of this.counted) this.scan(client, progress);
      },
    };
    this.watched.set(client, watcher);
    board.watcher = watcher;
    watcher.loaded();
    const live = new Set(this.live());
    for (const other of this.watched.keys()) if (!live.has(other)) this.watched.delete(other);
  }

  private open(progress: Progress): void {
    const info = this.info();
    for (const at of info.canvases) this.queue(progress, null, areaOf(at, info));
  }

  private scan(client: Client, progress: Progress): void {
    if (!client.board || !client.drawn) return;
    this.jobs = this.jobs.filter((job) => job.progress !== progress || job.client !== client);
    this.queue(progress, client, areaOf(client.at, this.info()));
  }

  private queue(progress: Progress, client: Client | null, area: Rect): void {
    const r = common(area, progress.area);
    if (!r) return;
    const rows = Math.max(1, Math.floor(SLICE / (r.x1 - r.x0)));
    for (let y = r.y0; y < r.y1; y += rows) {
      this.jobs.push({ progress, client, area: { ...r, y0: y, y1: Math.min(y + rows, r.y1) } });
    }
    if (this.working) return;
    this.working = true;
    setTimeout(() => this.work());
  }

  private work(): void {
    const job = this.jobs.shift();
    this.working = job !== undefined;
    if (!job) return;
    const { progress, client, area } = job;
    if (!client) progress.open(area);
    else if (client.board && client.drawn) {
      const { board } = client;
      const { x0, y0 } = areaOf(client.at, this.info());
      progress.scan(area, (x, y) => board.at(x - x0, y - y0));
    }
    this.tell();
    setTimeout(() => this.work());
  }

  private tell(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed();
    }, TELL_MS);
  }
}
