// SPDX-License-Identifier: ISC
// The token of the staff: kept for as long as the tab is open, in nothing that other tabs read.

/** app/parts.ts looks whether there is one. */
const KEY = 'placed.staff';

export function rememberedToken(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function rememberToken(token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, token);
  } catch {
    // Then it is asked for again after a reload.
  }
}
