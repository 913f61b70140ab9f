// SPDX-License-Identifier: ISC
// The messages of the WebSocket protocol placed.1 (PROTOCOL.md, "WebSocket"): bytes and JSON in,
// checked values out. Whatever does not check is null, never a guess.

import { EDIT_BYTES, packEdit, validEdits, type Edit, type Size } from './edit';
import { isCount, parseEnergy, type Energy } from './limits';
import { parseGenesis } from './version';

export const SUBPROTOCOL = 'placed.1';
/** The most edits that one message may carry. */
export const MAX_EDITS = 256;

/** A run of edits: apply them in order, and the canvas is at `version`. */
export interface Frame {
  readonly version: number;
  readonly edits: Uint8Array;
}

/** Why edits were not taken. */
export interface Refusal {
  readonly reason: string;
  /** When it would go, 0 where waiting is of no use or nobody knows. */
  readonly retryMs: number;
  /** Until when it is so, in ms since 1970; null: nobody knows. */
  readonly until: number | null;
  /** The operator's own words: text of anybody. */
  readonly words: string;
}

export type Message =
  | {
      type: 'hello';
      version: number;
      /** The log's; null while it has no record. */
      genesis: string | null;
      /** Whether the canvas takes edits. */
      open: boolean;
      readonly: boolean;
      online: number;
      /** Null: nothing is counted. */
      energy: Energy | null;
    }
  | { type: 'placed'; id: number; version: number }
  | ({ type: 'refused'; id: number } & Refusal)
  | { type: 'energy'; energy: Energy | null }
  /** The moderators' rules have changed; whether this canvas takes edits now. */
  | { type: 'rules'; serial: number; open: boolean }
  | { type: 'online'; count: number }
  | { type: 'checksum'; version: number; sum: string }
  | { type: 'reset'; version: number }
  | { type: 'notice'; readonly: boolean };

const FRAME_HEADER = 8;
const MESSAGE_HEADER = 4;

/** `u32 id | 3n bytes`. There must be 1 to MAX_EDITS edits. */
export function encodeMessage(id: number, edits: readonly Edit[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MESSAGE_HEADER + edits.length * EDIT_BYTES);
  new DataView(bytes.buffer).setUint32(0, id, true);
  edits.forEach((edit, i) => packEdit(edit, bytes, MESSAGE_HEADER + i * EDIT_BYTES));
  return bytes;
}

/** `u64 version | 3n bytes`, n >= 0; null when the length or a cell is wrong for this canvas. */
export function decodeFrame(data: ArrayBuffer, size: Size): Frame | null {
  if (data.byteLength < FRAME_HEADER) return null;
  const header = new DataView(data, 0, FRAME_HEADER);
  const version = header.getUint32(4, true) * 2 ** 32 + header.getUint32(0, true);
  const edits = new Uint8Array(data, FRAME_HEADER);
  if (!Number.isSafeInteger(version) || !validEdits(edits, size)) return null;
  return { version, edits };
}

const isSum = (v: unknown): v is string => typeof v === 'string' && /^[0-9a-f]{16}$/.test(v);

/** The same fields are in the message `refused` and in the answer to `POST /edit`. */
export function refusalOf(reason: string, m: Record<string, unknown>): Refusal {
  return {
    reason,
    retryMs: isCount(m.retry_ms) ? m.retry_ms : 0,
    until: isCount(m.until) ? m.until : null,
    words: typeof m.words === 'string' ? m.words : '',
  };
}

/** A text message; null when it is malformed or of a type this client does not use. */
export function decodeText(text: string): Message | null {
  let m: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    m = value as Record<string, unknown>;
  } catch {
    return null;
  }
  const { type, version, id } = m;
  switch (type) {
    case 'hello':
      if (m.protocol !== SUBPROTOCOL || !isCount(version)) return null;
      return {
        type,
        version,
        genesis: parseGenesis(m.genesis),
        open: m.open !== false,
        readonly: m.readonly === true,
        online: isCount(m.online) ? m.online : 0,
        energy: parseEnergy(m.energy),
      };
    case 'placed':
      return isCount(id) && isCount(version) ? { type, id, version } : null;
    case 'refused':
      return isCount(id) && typeof m.reason === 'string' ? { type, id, ...refusalOf(m.reason, m) } : null;
    case 'energy':
      return typeof m.policy === 'string' ? { type, energy: parseEnergy(m) } : null;
    case 'rules':
      return isCount(m.serial) ? { type, serial: m.serial, open: m.open !== false } : null;
    case 'online':
      return isCount(m.count) ? { type, count: m.count } : null;
    case 'checksum':
      return isCount(version) && isSum(m.sum) ? { type, version, sum: m.sum } : null;
    case 'reset':
      return isCount(version) ? { type, version } : null;
    case 'notice':
      return typeof m.readonly === 'boolean' ? { type, readonly: m.readonly } : null;
    default:
      return null;
  }
}
