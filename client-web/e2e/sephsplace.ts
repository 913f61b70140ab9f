// SPDX-License-Identifier: ISC
// Serves the client of sephsplace (github.com/josephg/sephsplace, its folder public/) on top of a placed
// server, for bench/measure-page: the files as they are, its /current from our canvas.png, and its
// WebSocket from ours. The edits are the same three bytes in both; only a frame's head differs.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join, normalize } from 'node:path';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', png: 'image/png' };
const BINARY = 2;
const PING = 9;
/** The version at the head of a frame: eight bytes here, four there. */
const OUR_HEAD = 8;
const THEIR_HEAD = 4;

export class Sephsplace {
  private readonly sockets = new Set<Duplex>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  private constructor(
    private readonly files: string,
    private readonly port: number,
  ) {
    this.server.on('connection', (socket) => this.keep(socket));
    this.server.on('upgrade', (request, socket) => this.upgrade(request, socket));
  }

  /** `folder` is a checkout of it, `port` that of a placed server. */
  static async over(port: number, folder: string): Promise<Sephsplace> {
    const it = new Sephsplace(join(folder, 'public'), port);
    it.server.listen(0, '127.0.0.1');
    await once(it.server, 'listening');
    return it;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/sp/`;
  }

  async remove(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private keep(socket: Duplex): void {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url!, 'http://sp').pathname.replace(/^\/sp\//, '/');
    try {
      if (path === '/current') {
        const picture = await fetch(`http://127.0.0.1:${this.port}/canvas.png`);
        const version = picture.headers.get('X-Canvas-Version')!;
        response.writeHead(200, { 'Content-Type': 'image/png', 'X-Content-Version': version });
        response.end(Buffer.from(await picture.arrayBuffer()));
        return;
      }
      const name = normalize(path === '/' ? '/index.html' : path);
      const file = await readFile(join(this.files, name));
      response.writeHead(200, { 'Content-Type': TYPES[name.split('.').pop()!] ?? 'text/plain' });
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  }

  private upgrade(request: IncomingMessage, there: Duplex): void {
    const accept = createHash('sha1').update(request.headers['sec-websocket-key']! + GUID).digest('base64');
    const from = new URL(request.url!, 'http://sp').searchParams.get('from');
    const here = connect(this.port, '127.0.0.1');
    this.keep(here);
    there.on('close', () => here.destroy());
    here.on('close', () => there.destroy());
    there.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    here.write(
      `GET /ws?from=${from} HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    passFrames(here, (kind, payload) => {
      if (kind === PING) here.write(Buffer.concat([Buffer.from([0x80 | 10, 0x80, 0, 0, 0, 0])]));
      if (kind !== BINARY || payload.length < OUR_HEAD) return;
      const body = payload.subarray(OUR_HEAD - THEIR_HEAD);
      payload.copy(body, 0, 0, THEIR_HEAD);
      there.write(Buffer.concat([headOf(body.length), body]));
    });
  }
}

/** What a server's socket sends after its handshake, frame by frame. */
function passFrames(socket: Socket, take: (kind: number, payload: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  let greeted = false;
  socket.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    if (!greeted) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      greeted = true;
      rest = rest.subarray(end + 4);
    }
    while (rest.length >= 2) {
      const short = rest[1]! & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < head) return;
      const size =
        short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
      if (rest.length < head + size) return;
      take(rest[0]! & 15, Buffer.from(rest.subarray(head, head + size)));
      rest = rest.subarray(head + size);
    }
  });
}

function headOf(length: number): Buffer {
  const kind = 0x80 | BINARY;
  if (length < 126) return Buffer.from([kind, length]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = kind;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
