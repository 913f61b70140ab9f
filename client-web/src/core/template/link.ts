// SPDX-License-Identifier: ISC
// The part of a link that lays a picture over the canvas, with the names that Pxls gave it: template,
// the picture's address; ox and oy, where its corner is; tw, how many cells it is wide; title. Ours
// has one more, dither. Links are written by anyone: what is not understood is not there.

import type { Cell } from '../edit';
import { SIDE_MOST } from './cells';
import { NAMES } from './part';

export interface TemplateLink {
  readonly address: string;
  /** Null: not said; it is placed by hand. */
  readonly at: Cell | null;
  /** In cells; null: as many as the picture has pixels. */
  readonly width: number | null;
  readonly title: string;
  /** Its colours are mixed from those of the palette. */
  readonly dithered: boolean;
}

const TITLE_MOST = 80;
/** Addresses that hold their picture are long. */
const ADDRESS_MOST = 100_000;

const whole = (text: string | null): number | null =>
  text && /^-?\d{1,7}$/.test(text) ? Number(text) : null;

/** A title without what nobody can see, and no longer than anybody wants to. */
export const cleanTitle = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  [...text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()]
    .slice(0, TITLE_MOST)
    .join('');

/** The address of a picture in full, or null when it can be none. */
export function pictureAddress(text: string, base: string): string | null {
  if (!text || text.length > ADDRESS_MOST || !URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  // Nobody's password is sent around.
  if (url.username || url.password) return null;
  return /^(https?:|data:image\/)/.test(url.href) ? url.href : null;
}

/** Null when it names no picture. */
export function parseTemplate(hash: string, base: string): TemplateLink | null {
  const values = new URLSearchParams(hash.replace(/^[#?]/, ''));
  const address = pictureAddress(values.get('template') ?? '', base);
  if (!address) return null;
  const [x, y, width] = ['ox', 'oy', 'tw'].map((name) => whole(values.get(name)));
  return {
    address,
    at: x != null && y != null ? { x, y } : null,
    width: width != null && width > 0 && width <= SIDE_MOST ? width : null,
    title: cleanTitle(values.get('title') ?? ''),
    dithered: values.get('dither') === '1',
  };
}

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?\//i;

/**
 * What somebody typed or pasted: the link of a canvas, of this page's or Pxls's kind, or the address of
 * a picture. Null when it is neither.
 */
export function readTemplate(text: string, base: string): TemplateLink | null {
  const words = text.trim();
  if (/^#|^template=/.test(words)) return parseTemplate(words, base);
  const full = DOMAIN.test(words) ? `https://${words}` : words;
  const address = /^(https?:\/\/|data:image\/)\S+$/i.test(full) ? pictureAddress(full, base) : null;
  if (!address) return null;
  if (address.startsWith('data:')) return plainLink(address);
  const url = new URL(address);
  for (const part of [url.hash, url.search]) {
    if (new URLSearchParams(part.replace(/^[#?]/, '')).has('template')) return parseTemplate(part, url.href);
  }
  return plainLink(address);
}

const plainLink = (address: string): TemplateLink => ({
  address,
  at: null,
  width: null,
  title: titleOf(address),
  dithered: false,
});

/** A picture is called what its file is called. */
export function titleOf(address: string): string {
  if (!/^https?:/.test(address)) return '';
  const name = new URL(address).pathname.split('/').pop()!.replace(/\.\w{2,5}$/, '');
  try {
    return cleanTitle(decodeURIComponent(name));
  } catch {
    return cleanTitle(name);
  }
}

/** The link with this template in it, and whatever else it says. */
export function withTemplate(hash: string, template: TemplateLink | null): string {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  for (const name of NAMES) values.delete(name);
  const rest = values.toString();
  if (!template) return rest ? `#${rest}` : '';
  const { address, at, width, title, dithered } = template;
  const part = new URLSearchParams({ template: address });
  if (at) part.set('ox', String(at.x));
  if (at) part.set('oy', String(at.y));
  if (width !== null) part.set('tw', String(width));
  if (title) part.set('title', title);
  if (dithered) part.set('dither', '1');
  return `#${rest && `${rest}&`}${part.toString()}`;
}
