// SPDX-License-Identifier: ISC
// nginx in front of a server, with the configuration as it is shipped, in which only what it says is
// of the machine is replaced.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports';

const SHIPPED = fileURLToPath(new URL('../../config/nginx.conf', import.meta.url));
const PLACES = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx'];
const START_MS = 20_000;

/** Where nginx is; undefined where it is not installed. */
export const NGINX = PLACES.find((path) => existsSync(path));

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

export class Nginx {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async before(server: number): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'placed-nginx-'));
    const port = await freePort();
    const root = process.getuid?.() === 0;
    let text = await readFile(SHIPPED, 'utf8');
    for (const [shipped, ours] of [
      [/^( +)listen 80;/m, `$1listen 127.0.0.1:${port};`],
      [/^( +)server 127\.0\.0\.1:8080;/m, `$1server 127.0.0.1:${server};`],
      [/\/var\/lib\/nginx\/(?=placed)/g, `${folder}/`],
      [/^user www-data;/m, root ? 'user root;' : ''],
      [/^pid .*;/m, `pid ${join(folder, 'pid')};`],
    ] as const) {
      assert.match(text, shipped, 'config/nginx.conf is not as it was');
      text = text.replace(shipped, ours);
    }
    if (!root) {
      const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      const paths = kinds.map((kind) => `${kind}_temp_path ${join(folder, kind)};`);
      text = text.replace('http {', `http {\n${paths.join('\n')}`);
    }
    const file = join(folder, 'nginx.conf');
    await writeFile(file, text);
    const args = ['-p', folder, '-c', file, '-g', 'daemon off;'];
    const child = spawn(NGINX!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const nginx = new Nginx(port, folder, child);
    let words = '';
    child.stderr!.on('data', (some) => (words = (words + some).slice(-4000)));
    const end = Date.now() + START_MS;
    while (!(await answers(port))) {
      if (child.exitCode !== null || Date.now() > end) {
        await nginx.remove();
        throw new Error(`nginx does not listen on ${port}: ${words}`);
      }
      await sleep(20);
    }
    return nginx;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill();
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
