// SPDX-License-Identifier: ISC
// Ports for servers that are stopped and started again on the same one. The kernel gives away the ports
// of its own range at any time, to whoever connects to something; so ours lie below that range, in a part
// of its own for each of the test files that run at the same time.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const KERNEL_FIRST = 32_768;
const RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
const WORKERS = 8;
const PORTS = 1_000;
const TRIES = 100;

async function canListen(port: number): Promise<boolean> {
  const listener = createServer();
  try {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    listener.close();
    await once(listener, 'close');
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const range = await readFile(RANGE, 'utf8').catch(() => '');
  const first = Number.parseInt(range, 10) || KERNEL_FIRST;
  const worker = (Number(process.env.VITEST_POOL_ID) || 0) % WORKERS;
  const from = Math.max(1_024, first - (worker + 1) * PORTS);
  for (let i = 0; i < TRIES; i++) {
    const port = from + Math.floor(Math.random() * PORTS);
    if (await canListen(port)) return port;
  }
  throw new Error(`no port of ${from} to ${from + PORTS - 1} is free`);
}
