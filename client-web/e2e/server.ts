// SPDX-License-Identifier: ISC
// The real server as a child process: a free port, a fresh directory, an end that is waited for.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const BINARY = process.env.PLACED_BIN ?? join(TOP, 'build/server/placed');
/** Prints a log's records. */
export const LOGCAT = join(dirname(BINARY), '../tools/logcat');
const WEB = join(TOP, 'build/client-web');
const START_MS = 20_000;
const STOP_MS = 20_000;

export class Server {
  port = 0;
  adminPort = 0;
  private child: ChildProcess | null = null;
  private readonly words: string[] = [];

  /** `options` are the server's own; they may be changed before the next up(). */
  private constructor(
    readonly data: string,
    public options: readonly string[],
  ) {}

  static async start(...options: readonly string[]): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), 'placed-e2e-')), options);
    try {
      await server.up();
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** Starts it; again on the same port after down(). */
  async up(): Promise<void> {
    this.port ||= await freePort();
    const listen = `127.0.0.1:${this.port}`;
    const args = ['--listen', listen, '--admin', '127.0.0.1:0', '--data', this.data, '--web', WEB];
    args.push(...this.options);
    // PLACED_BIN is ours; the server takes PLACED_... for its own options.
    const { PLACED_BIN: _, ...env } = process.env;
    const child = spawn(BINARY, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    this.adminPort = 0;
    let listens = 0;
    this.port = await new Promise<number>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${BINARY} ${why}\n${this.words.join('\n')}`));
      const timer = setTimeout(() => fail('did not say where it listens'), START_MS);
      child.once('error', (error) => fail(String(error)));
      child.once('exit', (code, signal) => fail(`ended: ${code ?? signal}`));
      createInterface({ input: child.stderr! }).on('line', (line) => {
        this.words.push(line);
        const at = /(listening|admin) on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
        if (at?.[1] === 'admin') this.adminPort = Number(at[2]);
        if (at?.[1] === 'listening') listens = Number(at[2]);
        if (!listens || !this.adminPort) return;
        clearTimeout(timer);
        resolve(listens);
      });
    });
  }

  /** Places a pixel as somebody without a page would. */
  async edit(x: number, y: number, colour: number): Promise<void> {
    const answer = await fetch(`${this.url}edit?x=${x}&y=${y}&c=${colour}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`edit ${x}, ${y}: ${answer.status} ${await answer.text()}`);
  }

  /** The token of the first operator. */
  async token(): Promise<string> {
    return (await readFile(join(this.data, 'token'), 'utf8')).trim();
  }

  /** Asks the admin API as that operator; its answer, which has to be a good one. */
  async control(path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`http://127.0.0.1:${this.adminPort}/control/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        Authorization: `Bearer ${await this.token()}`,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/control/${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends it and waits for that; its data stays. Returns the exit code, or null after a signal. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await ended;
    clearTimeout(kill);
    return child.exitCode;
  }

  /** Throws its log away, while it is down. */
  async forget(): Promise<void> {
    await rm(this.data, { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.down();
    await this.forget();
  }
}

/** A server for one job, which ends with it, however that ends. */
export async function onServer(
  options: readonly string[],
  job: (server: Server) => Promise<void>,
): Promise<void> {
  const server = await Server.start(...options);
  try {
    await job(server);
  } finally {
    await server.remove();
  }
}
