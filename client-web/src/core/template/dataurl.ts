// SPDX-License-Identifier: ISC
// Addresses that hold their picture (data:image/png;base64,...): read here, because the page's policy
// lets nobody fetch one; and written, for pictures that are small.

/** The bytes; null when it is none, or is broken. */
export function readDataUrl(address: string): Uint8Array<ArrayBuffer> | null {
  const parts = /^data:image\/[^,]*?(;base64)?,(.*)$/is.exec(address);
  if (!parts) return null;
  try {
    const text = decodeURIComponent(parts[2]!);
    return Uint8Array.from(parts[1] ? atob(text) : text, (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

export function writeDataUrl(bytes: Uint8Array, type: string): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `data:${type};base64,${btoa(text)}`;
}
