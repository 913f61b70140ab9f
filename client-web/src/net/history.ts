// SPDX-License-Identifier: ISC
// The history of one canvas by plain HTTP (PROTOCOL.md, "History"). What comes is held against what
// was asked for: a block or a picture of another log, canvas or version is an error.

import { parseBlock, type Block } from '../core/block';
import type { CursorSource } from '../core/cursor';
import { decodeHeat } from '../core/heat';
import { parseHistoryIndex, type BlockRef, type HistoryIndex } from '../core/historyindex';
import type { Info, Position } from '../core/info';
import { decodePicture } from '../core/picture';
import { nameOf } from '../core/plane';
import { download, type Download } from './download';

/** `gone`: there is no such thing; `busy`: not yet; `network`: no answer; `broken`: a wrong one. */
export type HistoryTrouble = 'gone' | 'busy' | 'network' | 'broken';

export class HistoryError extends Error {
  constructor(
    message: string,
    readonly trouble: HistoryTrouble,
    /** When the server wants to be asked again. */
    readonly afterMs = 0,
  ) {
    super(message);
  }
}

const RETRY_MS = 500;
const RETRY_MAX_MS = 15_000;

/** Where the history of a log is: the first 16 digits of its genesis name it. */
export const historyOf = (genesis: string, at: Position): string =>
  `h/${genesis.slice(0, 16)}/${nameOf(at)}/`;

export class History implements CursorSource {
  private readonly paths: URL;
  private readonly palette: readonly string[];
  /** What came last was wrong, so what caches hold is doubted. */
  private doubt = false;

  constructor(
    base: URL,
    private readonly genesis: string,
    private readonly at: Position,
    private readonly info: Info,
  ) {
    this.paths = new URL(historyOf(genesis, at), base);
    this.palette = info.palette.map(({ rgb }) => rgb);
  }

  async index(signal: AbortSignal): Promise<HistoryIndex> {
    // It grows, so what a cache of the browser's holds will not do.
    const text = new TextDecoder().decode(await this.get('index.json', signal, 'no-cache'));
    const index = await this.reading('index.json', () => parseHistoryIndex(JSON.parse(text)));
    this.check('index.json', index);
    return index;
  }

  async block(ref: BlockRef, signal: AbortSignal): Promise<Block> {
    const name = ref.sha256 === null ? 'tail.bin' : `${ref.number}.bin`;
    const bytes = await this.get(name, signal, ref.sha256 === null ? 'no-cache' : 'default');
    const block = await this.reading(name, () => parseBlock(bytes, this.info));
    this.check(name, block);
    if (ref.sha256 !== null) {
      const right = block.number === ref.number && block.from === ref.from && block.to === ref.to;
      if (!right || (await sha256(bytes, ref.sha256)) !== ref.sha256) {
        throw this.broken(`${name} is not the block that the index names`);
      }
    }
    return block;
  }

  async picture(version: number, signal: AbortSignal): Promise<Uint8Array> {
    const name = `${version}.png`;
    const bytes = await this.get(name, signal, 'default');
    const picture = await this.reading(name, () => decodePicture(bytes, this.info, this.palette));
    const blank = version === 0 && picture.indices.every((colour) => colour === 0);
    const right = picture.version === version && picture.genesis === this.genesis;
    // A picture that was encoded anew on the way says nothing of itself.
    const silent = picture.version === null && picture.genesis === null;
    if (!blank && !right && !silent) {
      throw this.broken(`${name} is of version ${picture.version}`);
    }
    return picture.indices;
  }

  /** How often each pixel was painted up to this version. */
  async heat(version: number, signal: AbortSignal): Promise<Uint16Array> {
    const name = `heat/0-${version}.png`;
    const bytes = await this.get(name, signal, 'default');
    return this.reading(name, () => decodeHeat(bytes, this.info));
  }

  retryMs(failures: number, error: unknown): number {
    const asked = error instanceof HistoryError ? error.afterMs : 0;
    const usual = RETRY_MS * 2 ** Math.min(failures - 1, 8) * (0.5 + Math.random());
    return Math.min(RETRY_MAX_MS, Math.max(asked, usual));
  }

  private check(name: string, { genesis, at }: { genesis: string; at: Position }): void {
    if (genesis === this.genesis && at.x === this.at.x && at.y === this.at.y) return;
    throw this.broken(`${name} is of canvas ${nameOf(at)} of the log ${genesis}`);
  }

  private broken(message: string): HistoryError {
    this.doubt = true;
    return new HistoryError(message, 'broken');
  }

  private async reading<T>(name: string, read: () => T | Promise<T>): Promise<T> {
    try {
      const value = await read();
      this.doubt = false;
      return value;
    } catch (error) {
      throw this.broken(`${name}: ${String(error)}`);
    }
  }

  private async get(name: string, signal: AbortSignal, usual: RequestCache): Promise<Uint8Array> {
    const cache = this.doubt ? 'reload' : usual;
    let got: Download;
    try {
      got = await download(new URL(name, this.paths), { cache, signal });
    } catch (error) {
      throw new HistoryError(`${name}: ${String(error)}`, 'network');
    }
    const { answer, bytes } = got;
    if (answer.ok) return bytes;
    const seconds = Number(answer.headers.get('Retry-After') ?? 0);
    const afterMs = seconds > 0 && seconds <= 60 ? seconds * 1_000 : 0;
    throw new HistoryError(`${name}: ${answer.status}`, troubleOf(answer.status), afterMs);
  }
}

const troubleOf = (status: number): HistoryTrouble =>
  status === 404 || status === 410 ? 'gone' : status === 503 || status === 429 ? 'busy' : 'network';

/** In hex; what is expected where the page's address keeps the browser from computing it. */
async function sha256(bytes: Uint8Array, expected: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return expected;
  const sum = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, '0')).join('');
}
