// SPDX-License-Identifier: ISC
// The real placed-render as a child process: ports of the kernel's choice, a fresh directory, a map without
// any data, an end that is waited for.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const BINARY = process.env.PLACED_RENDER_BIN ?? join(TOP, 'build/render/placed-render');
const WEB = join(TOP, 'build/client-render');
const START_MS = 20_000;
const STOP_MS = 20_000;

/** Sea and nothing else. */
export const SEA = '#336699';
const STYLE = `<?xml version="1.0" encoding="utf-8"?>
<Map srs="epsg:3857" background-color="${SEA}">
  <Parameters>
    <Parameter name="minzoom">0</Parameter>
    <Parameter name="maxzoom">5</Parameter>
    <Parameter name="attribution">Nobody's sea</Parameter>
  </Parameters>
</Map>
`;

export class RenderServer {
  /** What browsers open, and what its operator does. */
  url = '';
  adminUrl = '';
  private child: ChildProcess | null = null;
  private readonly words: string[] = [];

  private constructor(private readonly folder: string) {}

  /** `options` are the server's own; without --map there is a map of the sea. */
  static async start(...options: readonly string[]): Promise<RenderServer> {
    const server = new RenderServer(await mkdtemp(join(tmpdir(), 'placed-render-e2e-')));
    try {
      await server.up(options);
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  private async up(options: readonly string[]): Promise<void> {
    const style = join(this.folder, 'sea.xml');
    await writeFile(style, STYLE);
    const maps = options.includes('--map') ? [] : ['--map', `sea=${style}`, '--map-workers', '1'];
    const any = '127.0.0.1:0';
    const args = ['--listen', any, '--admin', any, '--data', join(this.folder, 'data'), '--web', WEB];
    args.push(...maps, ...options);
    // PLACED_RENDER_BIN is ours; the server takes PLACED_RENDER_... for its own options.
    const { PLACED_RENDER_BIN: _, ...env } = process.env;
    const child = spawn(BINARY, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${BINARY} ${why}\n${this.words.join('\n')}`));
      const timer = setTimeout(() => fail('did not say where it listens'), START_MS);
      child.once('error', (error) => fail(String(error)));
      child.once('exit', (code, signal) => fail(`ended: ${code ?? signal}`));
      createInterface({ input: child.stderr! }).on('line', (line) => {
        this.words.push(line);
        const at = /(listening|admin) on (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
        if (at?.[1] === 'admin') this.adminUrl = `${at[2]}/`;
        if (at?.[1] === 'listening') this.url = `${at[2]}/`;
        if (!this.url || !this.adminUrl) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Asks the admin API; its answer, which has to be a good one. */
  async control(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.adminUrl}admin/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/admin/${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async remove(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child && child.exitCode === null && child.signalCode === null) {
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      clearTimeout(kill);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
