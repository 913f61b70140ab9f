// SPDX-License-Identifier: ISC
// The old place of core/template/link.ts, until everything asks there.

export * from './template/link';
