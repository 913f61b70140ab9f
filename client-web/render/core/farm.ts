// SPDX-License-Identifier: ISC
// The view of the farm: the fold of /events. A snapshot is the whole view, a change is one event; what
// is not understood is skipped, so that a newer server's page goes on.

import { isFields, natural, textOf } from './facts';

export type WorkerState = 'starting' | 'idle' | 'busy';
export type VariantState = 'queued' | 'running' | 'done' | 'failed';

export interface Worker {
  readonly number: number;
  readonly pid: number;
  readonly pool: number;
  readonly state: WorkerState;
  /** Finished by it. */
  readonly tasks: number;
}

/** One server's workers of one kind, as that server counts. */
export interface ServerPool {
  readonly name: string;
  readonly wanted: number;
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
  readonly late: number;
  readonly crashed: number;
  readonly cpuMs: number;
  readonly bytes: number;
  /** Its last jobs all failed. */
  readonly resting: boolean;
}

export interface Server {
  readonly id: string;
  readonly host: string;
  readonly at: number;
  readonly workers: readonly Worker[];
  readonly pools: readonly ServerPool[];
}

/** The workers of one kind, of all servers. */
export interface Pool extends ServerPool {
  readonly workers: readonly (Worker & { readonly host: string })[];
  readonly servers: number;
}

export interface Variant {
  readonly state: VariantState;
  /** How long it took, and how large it is; 0 as long as that is not known. */
  readonly ms: number;
  readonly bytes: number;
}

export interface Image {
  readonly id: string;
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** When it was uploaded, in ms since 1970. */
  readonly time: number;
  readonly variants: ReadonlyMap<string, Variant>;
}

export interface Batch {
  readonly id: string;
  readonly style: string;
  readonly zoom: readonly [number, number];
  readonly scale: number;
  readonly jobs: number;
  readonly done: number;
  readonly failed: number;
  readonly state: 'running' | 'cancelled' | 'done';
  /** When this page was told, by this machine's clock; and when that was so, by the server's. */
  readonly at: number;
  readonly toldAt: number;
  /** Where it was when this page first heard of it, to know how fast it is. */
  readonly from: { readonly finished: number; readonly at: number };
}

/** What a change was about. */
export type Changed = 'workers' | 'images' | 'batches' | null;

const WORKER_STATES: readonly WorkerState[] = ['starting', 'idle', 'busy'];
const VARIANT_STATES: readonly VariantState[] = ['queued', 'running', 'done', 'failed'];
/** A server that says nothing for so long is no more. */
export const SILENT_MS = 15_000;
/** So many images are remembered beside those that the gallery asked for. */
const IMAGES_MOST = 500;
const ID = /^[0-9a-f]{64}$/;

const oneOf = <T extends string>(all: readonly T[], value: unknown): T | null =>
  all.find((one) => one === value) ?? null;

function workerOf(value: unknown): Worker[] {
  if (!Array.isArray(value)) return [];
  const [number, pid, pool, state, tasks] = value.map((part) => natural(part));
  const words = WORKER_STATES[state!];
  return words ? [{ number: number!, pid: pid!, pool: pool!, state: words, tasks: tasks ?? 0 }] : [];
}

function poolOf(value: unknown): ServerPool[] {
  if (!isFields(value) || !textOf(value.name)) return [];
  return [
    {
      name: textOf(value.name),
      wanted: natural(value.wanted),
      waiting: natural(value.waiting),
      done: natural(value.done),
      failed: natural(value.failed),
      late: natural(value.late),
      crashed: natural(value.crashed),
      cpuMs: natural(value.cpu_ms),
      bytes: natural(value.bytes),
      resting: value.resting === true,
    },
  ];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** An image as /images, a snapshot or an event has it, or null. */
export function parseImage(value: unknown): Image | null {
  if (!isFields(value) || !ID.test(textOf(value.id))) return null;
  const variants = new Map<string, Variant>();
  for (const [op, said] of Object.entries(isFields(value.variants) ? value.variants : {})) {
    const state = oneOf(VARIANT_STATES, isFields(said) ? said.state : said);
    const numbers = isFields(said) ? said : {};
    if (state) variants.set(op, { state, ms: natural(numbers.ms), bytes: natural(numbers.bytes) });
  }
  return {
    id: textOf(value.id),
    type: textOf(value.type),
    width: natural(value.width),
    height: natural(value.height),
    bytes: natural(value.bytes),
    time: natural(value.time, natural(value.at)),
    variants,
  };
}

export class Farm {
  readonly servers = new Map<string, Server>();
  readonly images = new Map<string, Image>();
  readonly batches = new Map<string, Batch>();

  /** Everything anew. `now` in ms since 1970, by this machine's clock. */
  snapshot(value: unknown, now: number): void {
    this.servers.clear();
    // Images that the gallery asked for stay; what is said of them now is newer.
    const before = new Map(this.batches);
    this.batches.clear();
    if (!isFields(value)) return;
    for (const server of listOf(value.servers)) this.server(server, now);
    for (const image of listOf(value.images)) this.image(image);
    for (const batch of listOf(value.batches)) this.batch(batch, now, before);
  }

  change(value: unknown, now: number): Changed {
    if (!isFields(value)) return null;
    switch (value.t) {
      case 'server':
        return this.server(value, now);
      case 'gone':
        return this.servers.delete(textOf(value.server)) ? 'workers' : null;
      case 'image':
        return this.image(value);
      case 'variant':
        return this.variant(value);
      case 'batch':
        return this.batch(value, now, this.batches);
      default:
        return null;
    }
  }

  /** Forgets servers that have been silent. */
  expire(now: number): Changed {
    let changed: Changed = null;
    for (const [id, { at }] of this.servers) {
      if (now - at <= SILENT_MS) continue;
      this.servers.delete(id);
      changed = 'workers';
    }
    return changed;
  }

  /** The pools of all servers, in the order in which the servers name them. */
  get pools(): Pool[] {
    const pools = new Map<string, Pool>();
    for (const { host, workers, pools: own } of this.servers.values()) {
      own.forEach((pool, index) => {
        const here = workers.filter((worker) => worker.pool === index).map((worker) => ({ ...worker, host }));
        const sum = pools.get(pool.name);
        pools.set(pool.name, sum ? add(sum, pool, here) : { ...pool, workers: here, servers: 1 });
      });
    }
    return [...pools.values()];
  }

  /** How many workers of a pool this server shall have; of all servers, when it is not among them. */
  wantedOf(server: string, pool: Pool): number {
    return this.servers.get(server)?.pools.find(({ name }) => name === pool.name)?.wanted ?? pool.wanted;
  }

  /** What an image is known to have become; that a picture is there is never taken back. */
  learn(image: Image): void {
    const known = this.images.get(image.id);
    const variants = new Map(image.variants);
    for (const [op, variant] of known?.variants ?? []) {
      const said = variants.get(op);
      // The list says less of a variant than its event did.
      if (!said || (variant.state === 'done' && said.ms === 0)) variants.set(op, variant);
    }
    this.images.delete(image.id);
    this.images.set(image.id, { ...image, time: image.time || (known?.time ?? 0), variants });
    for (const id of this.images.keys()) {
      if (this.images.size <= IMAGES_MOST) break;
      this.images.delete(id);
    }
  }

  private server(value: unknown, now: number): Changed {
    if (!isFields(value) || !textOf(value.server)) return null;
    const id = textOf(value.server);
    this.servers.set(id, {
      id,
      host: textOf(value.host),
      // By this machine's clock: the server's may be another.
      at: now,
      workers: listOf(value.workers).flatMap(workerOf),
      pools: listOf(value.pools).flatMap(poolOf),
    });
    return 'workers';
  }

  private image(value: unknown): Changed {
    const image = parseImage(value);
    if (!image) return null;
    this.learn(image);
    return 'images';
  }

  private variant(value: unknown): Changed {
    if (!isFields(value)) return null;
    const image = this.images.get(textOf(value.id));
    const state = oneOf(VARIANT_STATES, value.state);
    const op = textOf(value.op);
    if (!image || !state || !op) return null;
    // Two servers may both have made it; an old word about it changes nothing.
    if (image.variants.get(op)?.state === 'done' && state !== 'done') return null;
    const variant = { state, ms: natural(value.ms), bytes: natural(value.bytes) };
    this.images.set(image.id, { ...image, variants: new Map(image.variants).set(op, variant) });
    return 'images';
  }

  private batch(value: unknown, now: number, before: ReadonlyMap<string, Batch>): Changed {
    if (!isFields(value) || !textOf(value.id)) return null;
    const id = textOf(value.id);
    const state = oneOf(['running', 'cancelled', 'done'] as const, value.state);
    if (!state) return null;
    const [from, to] = listOf(value.zoom).map((zoom) => natural(zoom));
    const done = natural(value.done);
    const failed = natural(value.failed);
    const known = before.get(id);
    this.batches.set(id, {
      id,
      style: textOf(value.style),
      zoom: [from ?? 0, to ?? from ?? 0],
      scale: natural(value.scale, 1),
      jobs: natural(value.jobs),
      done,
      failed,
      state,
      at: now,
      toldAt: natural(value.at, now),
      // After a pause it is as fast as it is then.
      from: known?.state === 'running' && state === 'running' ? known.from : { finished: done + failed, at: now },
    });
    return 'batches';
  }
}

function add(sum: Pool, pool: ServerPool, workers: Pool['workers']): Pool {
  return {
    name: sum.name,
    wanted: sum.wanted + pool.wanted,
    waiting: sum.waiting + pool.waiting,
    done: sum.done + pool.done,
    failed: sum.failed + pool.failed,
    late: sum.late + pool.late,
    crashed: sum.crashed + pool.crashed,
    cpuMs: sum.cpuMs + pool.cpuMs,
    bytes: sum.bytes + pool.bytes,
    resting: sum.resting || pool.resting,
    workers: [...sum.workers, ...workers],
    servers: sum.servers + 1,
  };
}

/** How many of a pool's workers are in this state. */
export const countOf = ({ workers }: Pool, state: WorkerState): number =>
  workers.filter((worker) => worker.state === state).length;

/** Processor time of a picture on average; null before the first. */
export const msOf = ({ done, cpuMs }: Pool): number | null => (done > 0 ? cpuMs / done : null);

const KNOWN_AFTER_MS = 2_000;

/** How long a batch will take from now on, as it went since this page first heard of it; null: not known yet. */
export function leftMs({ jobs, done, failed, state, from, at }: Batch, now: number): number | null {
  const finished = done + failed;
  const took = at - from.at;
  if (state !== 'running' || took < KNOWN_AFTER_MS || finished <= from.finished) return null;
  const left = ((jobs - finished) * took) / (finished - from.finished);
  return Math.max(0, left - (now - at));
}
