// SPDX-License-Identifier: ISC
// The images that the server has, and giving it one.

import { isFields, textOf } from '../core/facts';
import { parseImage, type Image } from '../core/farm';
import { base } from './facts';

/** The newest, or the newest of those before this time. */
export async function fetchImages(n: number, before: number | null = null): Promise<Image[]> {
  const url = new URL('images', base);
  url.searchParams.set('n', String(n));
  if (before !== null) url.searchParams.set('before', String(before));
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`images: ${answer.status}`);
  const value: unknown = await answer.json();
  const list = isFields(value) && Array.isArray(value.images) ? value.images : [];
  return list.flatMap((image) => parseImage(image) ?? []);
}

/** One, or null: there is none. */
export async function fetchImage(id: string): Promise<Image | null> {
  const answer = await fetch(new URL(`images/${id}`, base));
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`images/${id}: ${answer.status}`);
  return parseImage(await answer.json());
}

export interface Answer {
  /** 0: none came. */
  readonly status: number;
  readonly id: string;
  /** Why it was refused, in the server's words; may be empty. */
  readonly why: string;
}

/** `progress`: how much of it is sent, 0 to 1. */
export function upload(file: Blob, progress: (share: number) => void): Promise<Answer> {
  return new Promise((resolve) => {
    // fetch() does not tell how far it is.
    const request = new XMLHttpRequest();
    request.open('POST', new URL('upload', base));
    request.setRequestHeader('Content-Type', file.type);
    request.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) progress(loaded / total);
    });
    const end = () => {
      let value: unknown = null;
      try {
        value = JSON.parse(request.responseText);
      } catch {
        // A proxy may answer in its own words.
      }
      const fields = isFields(value) ? value : {};
      resolve({ status: request.status, id: textOf(fields.image_id), why: textOf(fields.error) });
    };
    request.addEventListener('loadend', end);
    request.send(file);
  });
}

/** From now on an op has so many workers. Rejects with words. */
export async function scale(op: string, n: number): Promise<void> {
  const answer = await fetch(new URL('admin/scale', base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ op, n }),
  });
  if (answer.ok) return;
  const value: unknown = await answer.json().catch(() => null);
  throw new Error((isFields(value) && textOf(value.error)) || String(answer.status));
}
