// SPDX-License-Identifier: ISC
// The languages that there are texts in; a name is also that of a file in texts/.

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'pl', 'tr', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];
