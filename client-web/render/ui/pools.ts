// SPDX-License-Identifier: ISC
// The workers: of each kind how many there are, what they do, and what they have done; and where the
// listener takes commands, how many there shall be.

import { button, make } from '../../src/ui/dom';
import type { Farm, Pool } from '../core/farm';
import * as words from '../core/words';
import { scale } from '../net/images';
import type { Say } from './say';

const MOST = 256;
/** Several presses are one command. */
const REST_MS = 250;
/** So long the number that was asked for is shown, whatever the events say. */
const TRUST_MS = 3_000;
/** More workers than that are a number only. */
const SQUARES = 64;

interface Tile {
  readonly root: HTMLElement;
  readonly state: HTMLElement;
  readonly squares: HTMLElement;
  readonly numbers: HTMLElement;
  readonly count: HTMLElement | null;
  /** What was asked for lately, and until when that is shown. */
  asked: { n: number; until: number } | null;
  timer?: ReturnType<typeof setTimeout>;
  pool: Pool;
  wanted: number;
}

const isOther = ({ name }: Pool): boolean => !name.startsWith('image:');

export class Pools {
  private readonly tiles = new Map<string, Tile>();

  constructor(
    private readonly root: HTMLElement,
    private readonly list: HTMLElement,
    /** The server that takes commands here, as the events name it; null: none does. */
    private readonly commands: string | null,
    private readonly say: Say,
  ) {}

  show(farm: Farm): void {
    // Those of images first: this is their page.
    const pools = farm.pools.sort((a, b) => Number(isOther(a)) - Number(isOther(b)));
    this.root.hidden = pools.length === 0;
    const names = new Set(pools.map(({ name }) => name));
    for (const pool of pools) {
      let tile = this.tiles.get(pool.name);
      if (!tile) {
        tile = this.add(pool);
        this.list.append(tile.root);
      }
      tile.pool = pool;
      // What one can command is this server's; what one sees is everybody's.
      tile.wanted = this.commands === null ? pool.wanted : farm.wantedOf(this.commands, pool);
      this.update(tile);
    }
    for (const [name, { root }] of this.tiles) {
      if (names.has(name)) continue;
      root.remove();
      this.tiles.delete(name);
    }
  }

  private add(pool: Pool): Tile {
    const title = make('h3', { textContent: words.poolWords(pool.name) });
    const head = make('div', { className: 'head' }, title);
    const count = this.commands === null ? null : make('output');
    const tile: Tile = {
      root: make('li', {}, head),
      state: make('p', { className: 'quiet' }),
      squares: make('div', { className: 'squares' }),
      numbers: make('dl'),
      count,
      asked: null,
      pool,
      wanted: pool.wanted,
    };
    tile.root.dataset.pool = pool.name;
    // What the squares say stands beside them in words.
    tile.squares.setAttribute('aria-hidden', 'true');
    tile.root.append(make('div', { className: 'doing' }, tile.squares, tile.state), tile.numbers);
    if (count) {
      const name = words.poolWords(pool.name);
      const fewer = button('−', () => this.step(tile, -1));
      const more = button('+', () => this.step(tile, 1));
      fewer.setAttribute('aria-label', words.fewerWorkers(name));
      more.setAttribute('aria-label', words.moreWorkers(name));
      const control = make('div', { className: 'scale' }, fewer, count, more);
      control.setAttribute('role', 'group');
      control.setAttribute('aria-label', words.workersOf(name));
      head.append(control);
    }
    this.tiles.set(pool.name, tile);
    return tile;
  }

  private update(tile: Tile): void {
    const { pool, squares, state, numbers, count } = tile;
    if (tile.asked && (tile.asked.n === tile.wanted || Date.now() > tile.asked.until)) tile.asked = null;
    const workers = pool.workers.slice(0, SQUARES);
    while (squares.childElementCount > workers.length) squares.lastElementChild!.remove();
    workers.forEach((worker, i) => {
      const square = (squares.children[i] as HTMLElement | undefined) ?? squares.appendChild(make('i'));
      square.dataset.state = worker.state;
      square.title = words.workerTitle(worker.host, worker.pid, worker.state, worker.tasks);
    });
    const text = pool.resting ? words.RESTING : words.workersWords(pool);
    if (state.textContent !== text) state.textContent = text;
    const figures = words.poolNumbers(pool);
    if (numbers.childElementCount !== figures.length) {
      numbers.replaceChildren(
        ...figures.map(([name]) => make('div', {}, make('dt', { textContent: name }), make('dd'))),
      );
    }
    figures.forEach(([, value], i) => {
      const shown = numbers.children[i]!.lastElementChild!;
      if (shown.textContent !== value) shown.textContent = value;
    });
    if (!count) return;
    const wanted = String(tile.asked?.n ?? tile.wanted);
    if (count.textContent !== wanted) count.textContent = wanted;
    const [fewer, , more] = tile.root.querySelectorAll<HTMLButtonElement>('.scale > *');
    fewer!.disabled = wanted === '0';
    more!.disabled = Number(wanted) >= MOST;
  }

  private step(tile: Tile, by: 1 | -1): void {
    const n = Math.min(MOST, Math.max(0, (tile.asked?.n ?? tile.wanted) + by));
    const asked = (tile.asked = { n, until: Infinity });
    this.update(tile);
    clearTimeout(tile.timer);
    tile.timer = setTimeout(() => {
      scale(tile.pool.name, n).then(
        () => (asked.until = Date.now() + TRUST_MS),
        (error: Error) => {
          if (tile.asked === asked) tile.asked = null;
          this.update(tile);
          this.say.say(words.scaleRefused(error.message));
        },
      );
    }, REST_MS);
  }
}
