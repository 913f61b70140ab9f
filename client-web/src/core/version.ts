// SPDX-License-Identifier: ISC
// Versions and genesis ids as texts: checked values or null.

/** 32 hex digits, or null for anything else. */
export const parseGenesis = (value: unknown): string | null =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value) ? value : null;

/** A version in decimal, or null for anything else. */
export function parseVersion(text: string | null | undefined): number | null {
  if (!text || !/^\d{1,16}$/.test(text)) return null;
  return Number.isSafeInteger(Number(text)) ? Number(text) : null;
}
