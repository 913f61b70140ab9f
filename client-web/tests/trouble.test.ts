// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { troubleOf } from '../src/core/trouble';

const answer = (status: number, body = '') => ({ status, body });
const OK = answer(200, '{}');
const BARE_EDIT = answer(400, '{"error":"x: missing"}');

test.each([
  ['the server said so', 1013, OK, BARE_EDIT, 'full'],
  ['so does its 503', 1006, answer(503, '{"error":"too many connections"}'), OK, 'full'],
  ['or one without a word', 1006, answer(503), OK, 'full'],
  ['one that is just closing is not full', 1006, answer(503, '{"error":"closed"}'), OK, 'unreachable'],
  ['nothing answers', 1006, answer(0), OK, 'unreachable'],
  ['a proxy answers for it', 1006, answer(502), OK, 'unreachable'],
  ['this origin is refused', 1006, OK, answer(403, '{"error":"origin: not allowed"}'), 'origin'],
  ['all answers but the connection', 1006, OK, BARE_EDIT, null],
] as const)('%s', (_why, code, info, edit, trouble) => {
  expect(troubleOf({ code, info, edit })).toBe(trouble);
});
