// SPDX-License-Identifier: ISC
// A wire that can be cut, or become dead without an error: a TCP proxy in front of the server.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export class Wire {
  private readonly sockets = new Set<Socket>();
  private whole = true;
  private dead = false;
  private readonly listener = createServer((from) => {
    if (!this.whole) return void from.destroy();
    const to = connect(this.target, '127.0.0.1');
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        setTimeout(() => other.destroy(), this.delayMs);
      });
      if (this.delayMs > 0) {
        socket.on('data', (data) => setTimeout(() => other.writable && other.write(data), this.delayMs));
      } else if (this.dead) socket.pause();
      else socket.pipe(other);
    }
  });

  private constructor(
    private readonly target: number,
    private readonly delayMs: number,
  ) {}

  /** What goes through it arrives `delayMs` later, in each direction. */
  static async to(port: number, delayMs = 0): Promise<Wire> {
    const wire = new Wire(port, delayMs);
    wire.listener.listen(0, '127.0.0.1');
    await once(wire.listener, 'listening');
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}/`;
  }

  /** Ends what goes through it and lets nothing more through. */
  cut(): void {
    this.whole = false;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing passes any more, without an error on either side, as when a phone leaves its network. */
  die(): void {
    this.dead = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Passes data again; what was written while the wire was dead is lost. */
  mend(): void {
    if (this.dead) for (const socket of this.sockets) socket.destroy();
    this.dead = false;
    this.whole = true;
  }

  async remove(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
