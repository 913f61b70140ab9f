// SPDX-License-Identifier: ISC
// What the first script (src/first.ts) has shown, for the rest of the page to go on from.

/** The picture of canvas (0, 0), once it was drawn. */
export const first: { bitmap: ImageBitmap | null } = { bitmap: null };
