// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { packEdit, validEdits, wordAt, wordColour, wordX, wordY } from '../src/core/edit';
import { decodeFrame, decodeText, encodeMessage } from '../src/core/protocol';

const size = { width: 1000, height: 1000 };

function frame(version: bigint, edits: number[]): ArrayBuffer {
  const bytes = new Uint8Array(8 + edits.length);
  new DataView(bytes.buffer).setBigUint64(0, version, true);
  bytes.set(edits, 8);
  return bytes.buffer;
}

test('an edit is x, y and colour in 24 bits, low byte first', () => {
  const bytes = new Uint8Array(3);
  packEdit({ x: 0x2a5, y: 0x1c7, colour: 9 }, bytes, 0);
  const word = 0x2a5 | (0x1c7 << 10) | (9 << 20);
  expect([...bytes]).toEqual([word & 255, (word >> 8) & 255, word >> 16]);
});

test('every corner of the canvas and every colour comes back as it was packed', () => {
  const bytes = new Uint8Array(3);
  for (const x of [0, 1, 255, 256, 512, 999]) {
    for (const y of [0, 1, 63, 64, 512, 999]) {
      for (let colour = 0; colour < 16; colour++) {
        packEdit({ x, y, colour }, bytes, 0);
        const word = wordAt(bytes, 0);
        expect([wordX(word), wordY(word), wordColour(word)]).toEqual([x, y, colour]);
      }
    }
  }
});

test('edits that are cut short or lie beside the canvas are not valid', () => {
  const bytes = new Uint8Array(3);
  expect(validEdits(bytes, size)).toBe(true);
  expect(validEdits(new Uint8Array(0), size)).toBe(true);
  expect(validEdits(new Uint8Array(4), size)).toBe(false);
  packEdit({ x: 1000, y: 0, colour: 0 }, bytes, 0);
  expect(validEdits(bytes, size)).toBe(false);
  packEdit({ x: 0, y: 1000, colour: 0 }, bytes, 0);
  expect(validEdits(bytes, size)).toBe(false);
});

test('a message is its id and its edits', () => {
  const bytes = encodeMessage(0x01020304, [
    { x: 1, y: 0, colour: 0 },
    { x: 999, y: 999, colour: 15 },
  ]);
  expect([...bytes]).toEqual([4, 3, 2, 1, 1, 0, 0, 0xe7, 0x9f, 0xff]);
});

test('a frame is its version and its edits', () => {
  expect(decodeFrame(frame(0x1_0000_0002n, [1, 0, 0x30]), size)).toEqual({
    version: 0x1_0000_0002,
    edits: new Uint8Array([1, 0, 0x30]),
  });
  expect(decodeFrame(frame(7n, []), size)).toEqual({ version: 7, edits: new Uint8Array(0) });
});

test('a frame with a wrong length, cell or version is null', () => {
  expect(decodeFrame(new ArrayBuffer(7), size)).toBeNull();
  expect(decodeFrame(frame(7n, [1, 2]), size)).toBeNull();
  expect(decodeFrame(frame(7n, [0xff, 0xff, 0xff]), size)).toBeNull();
  expect(decodeFrame(frame(1n << 53n, []), size)).toBeNull();
});

test.each([
  [
    '{"type":"hello","protocol":"placed.1","version":5,"energy":{"policy":"free"},"user":null,"readonly":true,"online":3}',
    { type: 'hello', version: 5, genesis: null, open: true, readonly: true, online: 3, energy: null },
  ],
  [
    '{"type":"hello","protocol":"placed.1","version":5,"genesis":"00112233445566778899aabbccddeeff","canvas":[0,-1],"open":false}',
    {
      type: 'hello',
      version: 5,
      genesis: '00112233445566778899aabbccddeeff',
      open: false,
      readonly: false,
      online: 0,
      energy: null,
    },
  ],
  ['{"type":"placed","id":4,"version":9}', { type: 'placed', id: 4, version: 9 }],
  [
    '{"type":"refused","id":4,"reason":"range","retry_ms":0}',
    { type: 'refused', id: 4, reason: 'range', retryMs: 0, until: null, words: '' },
  ],
  [
    '{"type":"refused","id":4,"reason":"banned","retry_ms":0,"until":1795636000000,"words":"flags \\"<b>\\""}',
    { type: 'refused', id: 4, reason: 'banned', retryMs: 0, until: 1795636000000, words: 'flags "<b>"' },
  ],
  [
    '{"type":"refused","id":4,"reason":"energy","retry_ms":-3,"until":"soon","words":7}',
    { type: 'refused', id: 4, reason: 'energy', retryMs: 0, until: null, words: '' },
  ],
  ['{"type":"energy","policy":"free"}', { type: 'energy', energy: null }],
  [
    '{"type":"energy","policy":"custom","capacity":3000,"blank":500,"painted":1000,"energy":-200}',
    {
      type: 'energy',
      energy: { policy: 'custom', capacity: 3000, blank: 500, painted: 1000, curve: [], energy: -200 },
    },
  ],
  ['{"type":"rules","serial":7,"open":false}', { type: 'rules', serial: 7, open: false }],
  ['{"type":"online","count":1204}', { type: 'online', count: 1204 }],
  [
    '{"type":"checksum","version":9,"sum":"00000000deadbeef"}',
    { type: 'checksum', version: 9, sum: '00000000deadbeef' },
  ],
  ['{"type":"reset","version":9}', { type: 'reset', version: 9 }],
  ['{"type":"notice","readonly":false}', { type: 'notice', readonly: false }],
])('reads %s', (text, message) => {
  expect(decodeText(text)).toEqual(message);
});

test.each([
  '',
  'null',
  '[]',
  '"hello"',
  '{"type":"hello"',
  '{"type":"hello","protocol":"placed.2","version":5}',
  '{"type":"hello","protocol":"placed.1","version":-1}',
  '{"type":"hello","protocol":"placed.1","version":1e300}',
  '{"type":"placed","id":"4","version":9}',
  '{"type":"placed","id":4}',
  '{"type":"refused","id":4}',
  '{"type":"online","count":1.5}',
  '{"type":"checksum","version":9,"sum":"deadbeef"}',
  '{"type":"checksum","version":9,"sum":"00000000DEADBEEF"}',
  '{"type":"reset"}',
  '{"type":"notice","readonly":"no"}',
  '{"type":"energy"}',
  '{"type":"rules"}',
  '{"type":"rules","serial":-1}',
  '{"type":"tomorrow"}',
])('does not guess what %s means', (text) => {
  expect(decodeText(text)).toBeNull();
});
