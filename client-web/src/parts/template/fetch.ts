// SPDX-License-Identifier: ISC
// Fetching the picture of a template, be it from elsewhere, and finding out why it does not come:
// browsers tell scripts very little about other servers, so a failure is looked at from several sides.

import { BYTES_MOST } from '../../core/template/cells';
import { readDataUrl } from '../../core/template/dataurl';

/**
 * blocked: by the policy of this page. insecure: by the browser, as the page itself is secure. cors: it
 * is there, but its server lets no other page read it. nothing: there is no picture there.
 */
export type Failure = 'blocked' | 'insecure' | 'cors' | 'missing' | 'nothing' | 'bytes' | 'broken';

export type Fetched = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly failure: Failure; readonly status?: number };

const TIMEOUT_MS = 30_000;
/** The word about the policy may come a little after the failure. */
const WORD_MS = 60;

export async function fetchImage(address: string): Promise<Fetched> {
  if (address.startsWith('data:')) {
    const bytes = readDataUrl(address);
    return bytes ? { bytes } : { failure: 'broken' };
  }
  const violated = watchPolicy();
  try {
    const answer = await fetch(address, {
      credentials: new URL(address).origin === location.origin ? 'same-origin' : 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) {
      void answer.body?.cancel();
      return { failure: 'missing', status: answer.status };
    }
    const bytes = await read(answer);
    return bytes ? { bytes } : { failure: 'bytes' };
  } catch {
    await new Promise((resolve) => setTimeout(resolve, WORD_MS));
    return { failure: violated() ? 'blocked' : await whyNot(address) };
  } finally {
    violated.end();
  }
}

/** Null: it is larger than what is read. */
async function read(answer: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(answer.headers.get('Content-Length') ?? 0) > BYTES_MOST) {
    void answer.body?.cancel();
    return null;
  }
  const reader = answer.body!.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > BYTES_MOST) {
      void reader.cancel();
      return null;
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whether the page's policy stopped something since this was called. */
function watchPolicy() {
  let seen = false;
  const hear = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
    seen ||= /^(connect|img|default)-src$/.test(effectiveDirective);
  };
  document.addEventListener('securitypolicyviolation', hear);
  return Object.assign(() => seen, {
    end: () => document.removeEventListener('securitypolicyviolation', hear),
  });
}

/** What cannot be read can perhaps be shown. */
function whyNot(address: string): Promise<Failure> {
  if (location.protocol === 'https:' && address.startsWith('http:')) return Promise.resolve('insecure');
  return new Promise((resolve) => {
    const image = new Image();
    image.referrerPolicy = 'no-referrer';
    const timer = setTimeout(() => resolve('nothing'), TIMEOUT_MS);
    const end = (failure: Failure) => () => {
      clearTimeout(timer);
      resolve(failure);
    };
    image.onload = end('cors');
    image.onerror = end('nothing');
    image.src = address;
  });
}
