// SPDX-License-Identifier: ISC
// The templates that somebody has, in the order in which they lie on each other, as they are kept; and
// reading what was kept, which anything may have written.

import type { Cell } from '../edit';
import { SIDE_MOST } from './cells';
import { cleanTitle, pictureAddress, type TemplateLink } from './link';

export const STYLES = ['full', 'dots', 'symbols'] as const;
export type Style = (typeof STYLES)[number];

export interface Template {
  readonly id: string;
  readonly name: string;
  /** Where the picture is; null: only here. */
  readonly address: string | null;
  /** The cell of its upper left corner. */
  readonly at: Cell;
  /** In cells; null: as the picture says. */
  readonly width: number | null;
  readonly dithered: boolean;
  readonly shown: boolean;
  readonly style: Style;
  /** 0.1 to 1. */
  readonly opacity: number;
  /** Only the cells of the chosen colour are drawn. */
  readonly only: boolean;
}

/** So many at once. */
export const TEMPLATES_MOST = 20;
export const OPACITY_LEAST = 0.1;
const FAR = 9_999_999;

export const NEW = { shown: true, style: 'full', opacity: 0.6, only: false } as const;

const isPlace = (v: unknown): v is number => Number.isInteger(v) && Math.abs(v as number) <= FAR;

function readOne(value: unknown, base: string): Template | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, name, address, at, width, dithered, shown, style, opacity, only } = value as Record<string, unknown>;
  const { x, y } = (at ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,40}$/.test(id) || !isPlace(x) || !isPlace(y)) return null;
  return {
    id,
    name: typeof name === 'string' ? cleanTitle(name) : '',
    address: typeof address === 'string' ? pictureAddress(address, base) : null,
    at: { x, y },
    width: isPlace(width) && width > 0 && width <= SIDE_MOST ? width : null,
    dithered: dithered === true,
    shown: shown !== false,
    style: STYLES.find((one) => one === style) ?? NEW.style,
    opacity: typeof opacity === 'number' && opacity >= OPACITY_LEAST && opacity <= 1 ? opacity : NEW.opacity,
    only: only === true,
  };
}

/** What is no template is left out. */
export function readList(value: unknown, base: string): Template[] {
  if (!Array.isArray(value)) return [];
  const templates = new Map<string, Template>();
  for (const one of value.slice(0, TEMPLATES_MOST)) {
    const template = readOne(one, base);
    if (template) templates.set(template.id, template);
  }
  return [...templates.values()];
}

export type List = readonly Template[];

export const change = (list: List, id: string, by: Partial<Omit<Template, 'id'>>): List =>
  list.map((one) => (one.id === id ? { ...one, ...by } : one));

export const without = (list: List, id: string): List => list.filter((one) => one.id !== id);

/** One place nearer to the eye (1) or to the canvas (-1). */
export function shift(list: List, id: string, by: 1 | -1): List {
  const from = list.findIndex((one) => one.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= list.length) return list;
  const next = [...list];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
}

/** The one that a link names, if we have it. */
export const named = (list: List, { address }: TemplateLink): Template | undefined =>
  list.find((one) => one.address === address);

export const linkOf = ({ at, width, name, dithered }: Template, address: string): TemplateLink => ({
  address,
  at,
  width,
  title: name,
  dithered,
});
