// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import { blockFor, parseHistoryIndex } from '../src/core/historyindex';
import { GENESIS, makeIndex, makeRecords } from './world';

const records = makeRecords(60);
type Loose = ReturnType<typeof makeIndex> & Record<string, unknown>;

/** An index with something changed. */
function index(change: (index: Loose) => void = () => {}): unknown {
  const value = structuredClone(makeIndex(records)) as Loose;
  change(value);
  return value;
}

test('takes what the server writes', () => {
  const parsed = parseHistoryIndex(index());
  const made = makeIndex(records);
  expect(parsed).toMatchObject({ genesis: GENESIS, at: { x: 0, y: 0 }, version: made.version });
  expect(parsed.blocks).toHaveLength(made.blocks.length);
  expect(parsed.blocks.length).toBeGreaterThan(2);
  expect(parsed.blocks[1]).toMatchObject({ number: 1, sha256: made.blocks[1]!.sha256 });
  expect(parsed.tail).toMatchObject({ number: made.blocks.length, sha256: null });
  expect(parsed.activity.samples[0]).toEqual({
    version: records[0]!.offset + 1,
    time: records[0]!.time,
  });
});

test('a canvas that nobody painted has an index too', () => {
  const parsed = parseHistoryIndex(makeIndex([], 12));
  expect(parsed).toMatchObject({ version: 0, read: 12, blocks: [] });
  expect(parsed.tail).toMatchObject({ number: 0, from: 0, to: 0, time: null });
});

test('a sample without a time counts for nothing, and so does a block without', () => {
  const parsed = parseHistoryIndex(
    index((i) => {
      i.activity.samples[0]![1] = -1;
      i.blocks[0]!.time = null;
    }),
  );
  expect(parsed.activity.samples[0]!.version).toBe(records[1]!.offset + 1);
  expect(parsed.blocks[0]!.time).toBeNull();
});

describe('what is wrong is refused, and the error says why', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'no object'],
    ['no genesis', index((i) => (i.genesis = 'x')), 'genesis'],
    ['no canvas', index((i) => (i.canvas = [0])), 'canvas'],
    ['a canvas of fractions', index((i) => (i.canvas = [0, 0.5])), 'canvas'],
    ['a version that is text', index((i) => (i.version = '5' as never)), 'version'],
    ['a version not read yet', index((i) => (i.read = 1)), 'read up to'],
    ['no blocks', index((i) => (i.blocks = null as never)), 'blocks'],
    ['a block left out', index((i) => i.blocks.splice(1, 1)), 'block 1'],
    ['a gap between blocks', index((i) => i.blocks[1]!.from++), 'begins at'],
    ['an empty block', index((i) => (i.blocks[0]!.to = 0)), 'empty'],
    ['a block that ends before it begins', index((i) => (i.blocks[1]!.to = 1)), 'counts'],
    ['a block without a sum', index((i) => (i.blocks[0]!.sha256 = 'z')), 'no sum'],
    ['a block of another length', index((i) => i.blocks[0]!.bytes++), 'length'],
    ['no tail', index((i) => delete (i as Partial<Loose>).tail), 'block'],
    ['a tail that ends elsewhere', index((i) => (i.tail.to += 1)), 'ends at'],
    ['no activity', index((i) => (i.activity = 7 as never)), 'activity'],
    ['a step of 0', index((i) => (i.activity.step = 0)), 'steps of 0'],
    ['samples that fall', index((i) => i.activity.samples.reverse()), 'sample of version'],
    ['a sample of the future', index((i) => (i.activity.samples.at(-1)![0] = 1e9)), 'sample of version'],
    ['a sample that is no pair', index((i) => (i.activity.samples[0] = 3 as never)), 'no sample'],
    ['samples without end', index((i) => (i.activity.samples = Array(5_000).fill([1, 1]))), 'activity'],
  ])('%s', (_, value, why) => {
    expect(() => parseHistoryIndex(value)).toThrow(why);
  });
});

test('the block of a version is the one that leads to it', () => {
  const parsed = parseHistoryIndex(index());
  const [first, second] = parsed.blocks;
  expect(blockFor(parsed, 0).number).toBe(0);
  expect(blockFor(parsed, 1).number).toBe(0);
  expect(blockFor(parsed, first!.to).number).toBe(0);
  expect(blockFor(parsed, first!.to + 1).number).toBe(1);
  expect(blockFor(parsed, second!.to).number).toBe(1);
  expect(blockFor(parsed, parsed.version)).toBe(parsed.tail);
});
