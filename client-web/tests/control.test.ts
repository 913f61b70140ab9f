// SPDX-License-Identifier: ISC
// The admin API from the page, against a server made up.

import '../src/texts/enstaff';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Control, ControlError } from '../src/net/control';
import '../src/texts/enstaff';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

let asked: Asked[];
let answers: (Response | Error)[];
let control: Control;

beforeEach(() => {
  asked = [];
  answers = [];
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    asked.push({
      method: init.method!,
      url: String(url),
      headers: init.headers as Record<string, string>,
      body: init.body ? JSON.parse(String(init.body)) : null,
    });
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  control = new Control(new URL('https://placed.test/art/'), 'secret-token');
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const wrong = (status: number, body = '{}') => new Response(body, { status });

async function failure(job: Promise<unknown>): Promise<ControlError> {
  return job.then(
    () => expect.fail('it went well'),
    (error: unknown) => error as ControlError,
  );
}

test('the token goes in a header, never in an address', async () => {
  answers.push(Response.json({ token: { name: 'anna' } }), Response.json({ action: 7 }));
  await control.get('authors', { x: -3, t: '2h' });
  expect(await control.post('ban', 'flags', { who: 'x' })).toEqual({ action: 7 });
  expect(asked.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', 'https://placed.test/art/control/authors?x=-3&t=2h', null],
    ['POST', 'https://placed.test/art/control/ban', { who: 'x', why: 'flags' }],
  ]);
  for (const { url, headers } of asked) {
    expect(headers.Authorization).toBe('Bearer secret-token');
    expect(url).not.toContain('secret');
  }
});

describe('what goes wrong is said in a sentence', () => {
  test.each([
    [401, '{"error":"authorization: this token is not known, or was removed"}', 'That token is not known here'],
    [404, '{"error":"not found"}', 'This server has no staff page: its operator has to allow it'],
    [404, '{"error":"name: there is no such region"}', 'name: there is no such region'],
    [409, '{}', 'That has changed: look again'],
    [403, '{"error":"role: expected operator"}', 'role: expected operator'],
    [429, '{"error":"too many"}', 'Too many attempts: wait a moment'],
    [500, '<html>', 'It was refused (500)'],
  ])('%i %s', async (status, body, words) => {
    answers.push(wrong(status, body));
    const error = await failure(control.get('status'));
    expect([error.message, error.status]).toEqual([words, status]);
  });

  test('no answer at all', async () => {
    answers.push(new TypeError('no network'));
    expect((await failure(control.get('status'))).message).toBe('No answer: try again');
  });
});

describe('a job', () => {
  const job = (values: object) => Response.json({ job: 3, kind: 'plan', done: 0, ...values });

  test('is waited for, through a proxy that is strict and a network that fails', async () => {
    vi.useFakeTimers();
    answers.push(job({ state: 'running', done: 0.25 }), wrong(429), new TypeError('no network'));
    answers.push(job({ state: 'done', done: 1, result: { pixels: 4 } }));
    const progress: number[] = [];
    const done = control.finish(3, (share) => progress.push(share));
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await done).result).toEqual({ pixels: 4 });
    expect(progress).toEqual([0.25]);
    expect(asked.every(({ url }) => url.endsWith('/control/job?job=3'))).toBe(true);
  });

  test.each([
    [job({ state: 'failed', error: 'the plan is not good any more' }), 'the plan is not good any more'],
    [job({ state: 'cancelled' }), 'It was cancelled'],
    [wrong(401), 'That token is not known here'],
  ])('that ends badly says why', async (answer, words) => {
    answers.push(answer);
    expect((await failure(control.finish(3, () => {}))).message).toBe(words);
  });
});
