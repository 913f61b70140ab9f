// SPDX-License-Identifier: ISC
// The part of a link that lays a picture over the canvas, with the names that Pxls gave it: template,
// the picture's address; ox and oy, where its corner is; tw, how many cells it is wide; title.

import type { Cell } from './edit';

export interface TemplateLink {
  readonly address: string;
  /** Null: not said; it is placed by hand. */
  readonly at: Cell | null;
  /** Null: a pixel a cell. */
  readonly width: number | null;
  readonly title: string;
}

const WIDTH_MOST = 10_000;
const TITLE_MOST = 80;
const ADDRESS_MOST = 8_000;

/** Where the part begins in a link that this page wrote. */
const PART = /&template=.*/;

/** As it is in such a link, or ''. */
export const templatePart = (hash: string): string => PART.exec(hash)?.[0] ?? '';

const whole = (text: string | null): number | null =>
  text && /^-?\d{1,7}$/.test(text) ? Number(text) : null;

/** Null when it names no picture. */
export function parseTemplate(hash: string, base: string): TemplateLink | null {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const text = values.get('template') ?? '';
  if (!text || text.length > ADDRESS_MOST || !URL.canParse(text, base)) return null;
  const { href } = new URL(text, base);
  if (!/^(https?:|data:image\/)/.test(href)) return null;
  const [x, y, width] = ['ox', 'oy', 'tw'].map((name) => whole(values.get(name)));
  return {
    address: href,
    at: x != null && y != null ? { x, y } : null,
    width: width != null && width > 0 && width <= WIDTH_MOST ? width : null,
    title: (values.get('title') ?? '').slice(0, TITLE_MOST),
  };
}

/** The link with this template in it, and whatever else it says. */
export function withTemplate(hash: string, template: TemplateLink | null): string {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  for (const name of ['template', 'ox', 'oy', 'tw', 'title']) values.delete(name);
  const rest = values.toString();
  if (!template) return rest ? `#${rest}` : '';
  const { address, at, width, title } = template;
  const part = new URLSearchParams({ template: address });
  if (at) part.set('ox', String(at.x));
  if (at) part.set('oy', String(at.y));
  if (width !== null) part.set('tw', String(width));
  if (title) part.set('title', title);
  return `#${rest}&${part.toString()}`;
}
