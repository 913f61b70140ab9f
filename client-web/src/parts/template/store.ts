// SPDX-License-Identifier: ISC
// The templates that this browser keeps, in IndexedDB: each under a key of its own, and its picture as
// it came under another, so that two tabs take nothing from each other. Where nothing can be kept,
// everything goes on without.

import { createStore, delMany, get, getMany, keys, setMany, type UseStore } from 'idb-keyval';
import { readList, type List, type Template } from '../../core/template/list';

const DATABASE = 'placed-templates';

export type Kept = 'kept' | 'full' | 'forbidden';

const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : '');

export class Store {
  private readonly store: UseStore = createStore(DATABASE, 'templates');
  /** What is stored of each, to see what has changed. */
  private readonly stored = new Map<string, string>();

  /** `base`: where this canvas is; others of the same host have their own templates. */
  constructor(private readonly base: URL) {}

  /** Empty where nothing may be read, too. */
  async list(): Promise<List> {
    try {
      const prefix = this.key('about', '');
      const known = (await keys<string>(this.store)).filter((key) => String(key).startsWith(prefix));
      const values = await getMany<{ order?: unknown; template?: unknown }>(known, this.store);
      const sorted = values
        .map((value) => ({ order: Number(value?.order) || 0, template: value?.template }))
        .sort((a, b) => a.order - b.order);
      return readList(sorted.map(({ template }) => template), this.base.href);
    } catch {
      return [];
    }
  }

  /** The picture's file; null: it is not here. */
  async image(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const value: unknown = await get(this.key('image', id), this.store);
      return value instanceof Uint8Array ? (value as Uint8Array<ArrayBuffer>) : null;
    } catch {
      return null;
    }
  }

  async keepImage(id: string, bytes: Uint8Array): Promise<Kept> {
    return this.attempt(() => setMany([[this.key('image', id), bytes]], this.store));
  }

  /** Keeps what changed of them. */
  async keep(list: List): Promise<Kept> {
    const changed = list
      .map((template, order) => ({ template, order, text: JSON.stringify([template, order]) }))
      .filter(({ template, text }) => this.stored.get(template.id) !== text);
    if (changed.length === 0) return 'kept';
    const entries = changed.map(({ template, order }): [string, { order: number; template: Template }] => [
      this.key('about', template.id),
      { order, template },
    ]);
    const kept = await this.attempt(() => setMany(entries, this.store));
    if (kept === 'kept') for (const { template, text } of changed) this.stored.set(template.id, text);
    return kept;
  }

  async forget(id: string): Promise<void> {
    this.stored.delete(id);
    await this.attempt(() => delMany([this.key('about', id), this.key('image', id)], this.store));
  }

  private key(kind: 'about' | 'image', id: string): string {
    return `${this.base.pathname} ${kind} ${id}`;
  }

  private async attempt(write: () => Promise<void>): Promise<Kept> {
    try {
      await write();
      return 'kept';
    } catch (error) {
      return nameOf(error) === 'QuotaExceededError' ? 'full' : 'forbidden';
    }
  }
}
